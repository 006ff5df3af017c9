"""exercise: layer_norm_backward
belief: The bracket is that of the outputs.
"""

import numpy as np


def layer_norm_backward(dy, x, gamma, eps=1e-5):
    m = x.mean(-1, keepdims=True)
    s = np.sqrt(x.var(-1, keepdims=True) + eps)
    h = (x - m) / s
    dx = (dy - dy.mean(-1, keepdims=True) - h * (dy * h).mean(-1, keepdims=True)) / s
    return dx, (dy * h).sum((0, 1)), dy.sum((0, 1))
