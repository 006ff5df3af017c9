"""exercise: group_norm
belief: A group is normalized over all images of the batch.
"""

import numpy as np


def group_norm(x, dy, gamma, beta, groups, eps=1e-5):
    N, C, H, W = x.shape
    g, b = gamma.reshape(1, C, 1, 1), beta.reshape(1, C, 1, 1)
    r = x.reshape(N, groups, C // groups, H, W)
    ax = (0, 2, 3, 4)
    s = np.sqrt(r.var(ax, keepdims=True) + eps)
    h = (r - r.mean(ax, keepdims=True)) / s
    d = (dy * g).reshape(r.shape)
    dx = (d - d.mean(ax, keepdims=True) - h * (d * h).mean(ax, keepdims=True)) / s
    hat = h.reshape(x.shape)
    return g * hat + b, dx.reshape(x.shape), (dy * hat).sum((0, 2, 3)), dy.sum((0, 2, 3))
