"""exercise: batch_norm_backward
belief: The deviations sum to zero, so the mean needs no gradient.
"""

import numpy as np


def batch_norm_backward(dy, x, gamma, eps=1e-5):
    n, _ = x.shape
    mu, var = x.mean(axis=0), x.var(axis=0)
    istd = 1.0 / np.sqrt(var + eps)
    dxhat = dy * gamma
    dvar = np.sum(dxhat * (x - mu) * -0.5 * istd**3, axis=0)
    dx = dxhat * istd + dvar * 2.0 * (x - mu) / n
    return dx, np.sum(dy * (x - mu) * istd, axis=0), np.sum(dy, axis=0)
