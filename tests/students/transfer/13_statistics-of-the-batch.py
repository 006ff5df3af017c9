"""exercise: frozen_features
belief: Batch normalization uses the mean and the variance of the batch that it sees.
teacher: Frozen layers use the stored ones; otherwise the features depend on which images are together.
"""

import numpy as np


def frozen_features(x, mean, std, layers, eps=1e-05):
    h = (x - mean) / np.where(std == 0, 1, std)
    for w, b, gamma, beta, _, _ in layers:
        z = h @ w.T + b
        z = (z - z.mean(axis=0)) / np.sqrt(z.var(axis=0) + eps)
        h = np.maximum(0, gamma * z + beta)
    return h.astype(x.dtype)
