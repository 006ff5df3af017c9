"""exercise: stochastic_depth
belief: A block that does not survive gives zero.
"""

import numpy as np


def stochastic_depth(x, weights, u, p_last, training=True):
    L = len(weights)
    h = x.copy()
    for block, w in enumerate(weights, start=1):
        p = 1 - block / L * (1 - p_last)
        out = h + np.maximum(h @ w.T, 0)
        gate = (u[block - 1] < p).astype(x.dtype)[:, None] if training else x.dtype.type(p)
        h = gate * out
    return h
