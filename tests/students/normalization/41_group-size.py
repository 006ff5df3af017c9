"""exercise: group_norm
belief: groups says how many channels a group has.
"""

import numpy as np


def group_norm(x, dy, gamma, beta, groups, eps=1e-5):
    N, C, H, W = x.shape
    G = C // groups
    g, b = gamma.reshape(1, C, 1, 1), beta.reshape(1, C, 1, 1)
    r = x.reshape(N, G, -1)
    s = np.sqrt(r.var(-1, keepdims=True) + eps)
    h = (r - r.mean(-1, keepdims=True)) / s
    d = (dy * g).reshape(N, G, -1)
    dx = (d - d.mean(-1, keepdims=True) - h * (d * h).mean(-1, keepdims=True)) / s
    hat = h.reshape(x.shape)
    return g * hat + b, dx.reshape(x.shape), (dy * hat).sum((0, 2, 3)), dy.sum((0, 2, 3))
