"""exercise: batch_norm_backward
belief: The variance path is zero since deviations sum to zero.
"""

import numpy as np


def batch_norm_backward(dy, x, gamma, eps=1e-5):
    mu, var = x.mean(0), x.var(0)
    inv = 1 / np.sqrt(var + eps)
    xhat = (x - mu) * inv
    dxhat = dy * gamma
    dx = inv * (dxhat - dxhat.mean(0))
    return dx, (dy * xhat).sum(0), dy.sum(0)
