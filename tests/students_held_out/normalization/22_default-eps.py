"""exercise: spatial_batch_norm
belief: The helpers know epsilon already.
"""

import numpy as np


def spatial_batch_norm(x, dy, gamma, beta, eps=1e-5):
    n, c, h, w = x.shape
    flat = np.moveaxis(x, 1, 3).reshape(n * h * w, c)
    dflat = np.moveaxis(dy, 1, 3).reshape(n * h * w, c)
    y, _, _ = batch_norm_forward(flat, gamma, beta)
    dx, dg, db = batch_norm_backward(dflat, flat, gamma)

    def up(a):
        return np.moveaxis(a.reshape(n, h, w, c), 3, 1)

    return up(y), up(dx), dg, db
