"""exercise: frozen_features
belief: Batch normalization uses the mean and variance of the batch that is passing through.
teacher: Frozen layers use the stored ones, in training as well; else the features depend on which images happen to be together.
"""

import numpy as np


def frozen_features(x, mean, std, layers, eps=1e-05):
    h = (x - mean) / np.where(std == 0, 1, std)
    for w, b, gamma, beta, running_mean, running_var in layers:
        z = h @ w.T + b
        running_mean, running_var = z.mean(axis=0), z.var(axis=0)
        z = (z - running_mean) / np.sqrt(running_var + eps)
        h = np.maximum(gamma * z + beta, 0)
    return h.astype(x.dtype)
