"""exercise: group_norm
belief: Channel c belongs to group c mod G.
"""

import numpy as np


def group_norm(x, dy, gamma, beta, groups, eps=1e-5):
    N, C, H, W = x.shape

    def cut(a):
        a = a.reshape(N, C // groups, groups, H, W).transpose(0, 2, 1, 3, 4)
        return a.reshape(N, groups, -1)

    def back(a):
        a = a.reshape(N, groups, C // groups, H, W).transpose(0, 2, 1, 3, 4)
        return a.reshape(N, C, H, W)

    g, b = gamma.reshape(1, C, 1, 1), beta.reshape(1, C, 1, 1)
    r = cut(x)
    s = np.sqrt(r.var(-1, keepdims=True) + eps)
    h = (r - r.mean(-1, keepdims=True)) / s
    d = cut(dy * g)
    dx = (d - d.mean(-1, keepdims=True) - h * (d * h).mean(-1, keepdims=True)) / s
    hat = back(h)
    return g * hat + b, back(dx), (dy * hat).sum((0, 2, 3)), dy.sum((0, 2, 3))
