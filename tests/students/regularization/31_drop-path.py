"""exercise: stochastic_depth
belief: Survivors are divided by their probability in training, and test time needs nothing.
"""

import numpy as np


def stochastic_depth(x, weights, u, p_last, training=True):
    L = len(weights)
    h = x
    for i in range(L):
        f = np.maximum(h @ weights[i].T, 0)
        p = 1 - (i + 1) / L * (1 - p_last)
        if training:
            alive = (u[i] < p)[:, None]
            h = h + f * alive / max(p, 1e-12)
        else:
            h = h + f
    return h
