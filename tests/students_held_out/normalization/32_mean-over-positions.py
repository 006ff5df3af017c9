"""exercise: layer_norm_backward
belief: Shared parameters get the mean gradient.
"""

import numpy as np


def layer_norm_backward(dy, x, gamma, eps=1e-5):
    m = x.mean(-1, keepdims=True)
    s = np.sqrt(x.var(-1, keepdims=True) + eps)
    h = (x - m) / s
    d = dy * gamma
    dx = (d - d.mean(-1, keepdims=True) - h * (d * h).mean(-1, keepdims=True)) / s
    return dx, (dy * h).mean((0, 1)), dy.mean((0, 1))
