"""exercise: stochastic_depth
belief: The survival probability uses the loop index, which starts at 0.
"""

import numpy as np


def stochastic_depth(x, weights, u, p_last, training=True):
    L = len(weights)
    h = x
    for l in range(L):
        p = 1 - l / L * (1 - p_last)
        f = np.maximum(h @ weights[l].T, 0)
        if training:
            h = h + f * (u[l] < p)[:, None]
        else:
            h = h + p * f
    return h.astype(x.dtype)
