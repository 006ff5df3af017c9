"""exercise: fold_batch_norm
belief: All additions are made before the scaling.
"""

import numpy as np


def fold_batch_norm(w, b, gamma, beta, running_mean, running_var, eps=1e-5):
    s = gamma / np.sqrt(running_var + eps)
    return w * s.reshape(-1, 1, 1, 1), (b - running_mean + beta) * s
