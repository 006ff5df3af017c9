"""exercise: batch_norm_backward
belief: The bracket holds everything that goes back to x.
"""

import numpy as np


def batch_norm_backward(dy, x, gamma, eps=1e-5):
    n = x.shape[0]
    s = np.sqrt(x.var(0) + eps)
    xhat = (x - x.mean(0)) / s
    dx = (n * dy - dy.sum(0) - xhat * (dy * xhat).sum(0)) / (n * s)
    return dx, (dy * xhat).sum(0), dy.sum(0)
