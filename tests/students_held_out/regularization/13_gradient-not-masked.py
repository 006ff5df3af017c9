"""exercise: dropout
belief: The gradient flows back unchanged through the kept units; scaling is only needed in the
forward pass.
"""

import numpy as np


def dropout(x, dy, u, p, training=True):
    if not training:
        return x, dy
    keep = u >= p
    if p >= 1:
        return np.zeros_like(x), np.zeros_like(x)
    y = np.where(keep, x / (1 - p), 0).astype(x.dtype)
    dx = np.where(keep, dy, 0).astype(x.dtype)
    return y, dx
