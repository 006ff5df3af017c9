"""exercise: signal_by_depth
belief: The last layer gives scores and has no activation, as in every network.
"""

import numpy as np


def signal_by_depth(x, weights, activation):
    L = len(weights)
    stds = np.zeros(L, dtype=x.dtype)
    h = x
    for l in range(L):
        z = np.einsum("nd,fd->nf", h, weights[l])
        h = activate(z, activation) if l + 1 < L else z
        stds[l] = h.std()
    return stds
