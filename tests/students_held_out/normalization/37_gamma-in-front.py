"""exercise: group_norm
belief: gamma stands before the bracket as in batch norm.
"""

import numpy as np


def group_norm(x, dy, gamma, beta, groups, eps=1e-5):
    n, c, hh, w = x.shape
    g, b = gamma.reshape(1, c, 1, 1), beta.reshape(1, c, 1, 1)
    r = x.reshape(n, groups, -1)
    u = dy.reshape(n, groups, -1)
    s = np.sqrt(r.var(-1, keepdims=True) + eps)
    h = (r - r.mean(-1, keepdims=True)) / s
    dr = (u - u.mean(-1, keepdims=True) - h * (u * h).mean(-1, keepdims=True)) / s
    hat = h.reshape(x.shape)
    return g * hat + b, g * dr.reshape(x.shape), (dy * hat).sum((0, 2, 3)), dy.sum((0, 2, 3))
