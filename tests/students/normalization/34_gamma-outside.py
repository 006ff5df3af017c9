"""exercise: layer_norm_backward
belief: As in batch norm, gamma stands before the bracket.
"""

import numpy as np


def layer_norm_backward(dy, x, gamma, eps=1e-5):
    s = np.sqrt(x.var(-1, keepdims=True) + eps)
    xhat = (x - x.mean(-1, keepdims=True)) / s
    m1 = dy.mean(-1, keepdims=True)
    m2 = (dy * xhat).mean(-1, keepdims=True)
    dx = gamma * (dy - m1 - xhat * m2) / s
    return dx, (dy * xhat).sum((0, 1)), dy.sum((0, 1))
