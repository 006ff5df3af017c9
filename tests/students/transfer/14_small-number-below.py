"""exercise: frozen_features
belief: Dividing by std + 1e-8 handles features that never changed.
teacher: It blows them up a hundred million times if the new task's differ; where std is 0 nothing is divided.
"""

import numpy as np


def frozen_features(x, mean, std, layers, eps=1e-05):
    h = (x - mean) / (std + 1e-8)
    for w, b, gamma, beta, m, v in layers:
        h = np.maximum(0, gamma * (h @ w.T + b - m) / np.sqrt(v + eps) + beta)
    return h.astype(x.dtype)
