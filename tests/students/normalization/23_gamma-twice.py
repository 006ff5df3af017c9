"""exercise: batch_norm_backward
belief: The sums are over the gradient at xhat, and gamma stands in front too.
"""

import numpy as np


def batch_norm_backward(dy, x, gamma, eps=1e-5):
    n = x.shape[0]
    s = np.sqrt(x.var(0) + eps)
    xhat = (x - x.mean(0)) / s
    d = dy * gamma
    dx = gamma / s * (d - d.sum(0) / n - xhat * (d * xhat).sum(0) / n)
    return dx, (dy * xhat).sum(0), dy.sum(0)
