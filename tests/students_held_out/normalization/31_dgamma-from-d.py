"""exercise: layer_norm_backward
belief: The gradient at the normalized values is summed for gamma.
"""

import numpy as np


def layer_norm_backward(dy, x, gamma, eps=1e-5):
    m = x.mean(-1, keepdims=True)
    s = np.sqrt(x.var(-1, keepdims=True) + eps)
    h = (x - m) / s
    d = dy * gamma
    dx = (d - d.mean(-1, keepdims=True) - h * (d * h).mean(-1, keepdims=True)) / s
    return dx, (d * h).sum((0, 1)), dy.sum((0, 1))
