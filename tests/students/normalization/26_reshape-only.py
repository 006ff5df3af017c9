"""exercise: spatial_batch_norm
belief: reshape(-1, C) brings the channels to the columns.
"""

import numpy as np


def spatial_batch_norm(x, dy, gamma, beta, eps=1e-5):
    C = x.shape[1]
    a, d = x.reshape(-1, C), dy.reshape(-1, C)
    s = np.sqrt(a.var(0) + eps)
    xhat = (a - a.mean(0)) / s
    y = gamma * xhat + beta
    dx = gamma / s * (d - d.mean(0) - xhat * (d * xhat).mean(0))
    return y.reshape(x.shape), dx.reshape(x.shape), (d * xhat).sum(0), d.sum(0)
