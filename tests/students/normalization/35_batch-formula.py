"""exercise: layer_norm_backward
belief: The bracket takes its means over the samples.
"""

import numpy as np


def layer_norm_backward(dy, x, gamma, eps=1e-5):
    s = np.sqrt(x.var(-1, keepdims=True) + eps)
    xhat = (x - x.mean(-1, keepdims=True)) / s
    d = dy * gamma
    m1 = d.mean((0, 1), keepdims=True)
    m2 = (d * xhat).mean((0, 1), keepdims=True)
    dx = (d - m1 - xhat * m2) / s
    return dx, (dy * xhat).sum((0, 1)), dy.sum((0, 1))
