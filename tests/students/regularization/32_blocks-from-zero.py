"""exercise: stochastic_depth
belief: The first block is number 0 and always survives.
"""

import numpy as np


def stochastic_depth(x, weights, u, p_last, training=True):
    L = len(weights)
    h = x.copy()
    for block, w in enumerate(weights):
        p = 1 - block / L * (1 - p_last)
        f = np.maximum(h @ w.T, 0)
        gate = (u[block] < p).astype(x.dtype)[:, None] if training else x.dtype.type(p)
        h = h + gate * f
    return h
