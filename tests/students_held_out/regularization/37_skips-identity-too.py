"""exercise: stochastic_depth
belief: A block that does not survive gives zero, like a dropped unit.
"""

import numpy as np


def stochastic_depth(x, weights, u, p_last, training=True):
    h = x.copy()
    L = len(weights)
    for l, w in enumerate(weights, start=1):
        p_l = 1 - l / L * (1 - p_last)
        out = h + np.maximum(0, h @ w.T)
        if training:
            survive = u[l - 1] < p_l
            h = np.where(survive[:, None], out, 0)
        else:
            h = p_l * out
    return h.astype(x.dtype)
