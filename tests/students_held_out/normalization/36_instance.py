"""exercise: group_norm
belief: The groups are the channels.
"""

import numpy as np


def group_norm(x, dy, gamma, beta, groups, eps=1e-5):
    g, b = gamma[None, :, None, None], beta[None, :, None, None]
    m = x.mean((2, 3), keepdims=True)
    s = np.sqrt(x.var((2, 3), keepdims=True) + eps)
    h = (x - m) / s
    d = dy * g
    dx = (d - d.mean((2, 3), keepdims=True) - h * (d * h).mean((2, 3), keepdims=True)) / s
    return g * h + b, dx, (dy * h).sum((0, 2, 3)), dy.sum((0, 2, 3))
