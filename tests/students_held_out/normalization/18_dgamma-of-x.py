"""exercise: batch_norm_backward
belief: gamma multiplies x, so its gradient is the sum of dy x.
"""

import numpy as np


def batch_norm_backward(dy, x, gamma, eps=1e-5):
    n = len(x)
    s = np.sqrt(x.var(axis=0) + eps)
    h = (x - x.mean(axis=0)) / s
    dx = gamma / s * (dy - dy.mean(axis=0) - h * (dy * h).mean(axis=0))
    return dx, (dy * x).sum(axis=0), dy.sum(axis=0)
