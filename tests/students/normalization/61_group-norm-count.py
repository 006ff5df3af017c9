"""exercise: group_norm
belief: In the backward pass the sums over a group are divided by the number of its channels.
"""

import numpy as np


def group_norm(x, dy, gamma, beta, groups, eps=1e-5):
    n, c, h, w = x.shape
    per_channel = (1, c, 1, 1)
    xg = x.reshape(n, groups, -1)
    mean = xg.mean(axis=2, keepdims=True)
    var = xg.var(axis=2, keepdims=True)
    root = np.sqrt(var + eps)
    xhat_g = (xg - mean) / root
    xhat = xhat_g.reshape(x.shape)
    y = gamma.reshape(per_channel) * xhat + beta.reshape(per_channel)

    dgamma = np.sum(dy * xhat, axis=(0, 2, 3))
    dbeta = np.sum(dy, axis=(0, 2, 3))
    dg = (dy * gamma.reshape(per_channel)).reshape(n, groups, -1)
    m = c // groups
    s1 = dg.sum(axis=2, keepdims=True)
    s2 = (dg * xhat_g).sum(axis=2, keepdims=True)
    dx = ((dg - s1 / m - xhat_g * s2 / m) / root).reshape(x.shape)
    dt = x.dtype
    return y.astype(dt), dx.astype(dt), dgamma.astype(dt), dbeta.astype(dt)
