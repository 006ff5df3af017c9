"""exercise: causal_mask
belief: A causal mask is always the lower triangle, np.tril of ones, whatever the number of keys.
"""

import numpy as np


def causal_mask(queries, keys, window=None):
    mask = np.tril(np.ones((queries, keys), dtype=bool))
    if window is not None:
        mask &= ~np.tril(np.ones((queries, keys), dtype=bool), k=-window)
    return mask
