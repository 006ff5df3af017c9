"""exercise: k_fold
belief: A fold is a mask over the samples.
"""

import numpy as np


def k_fold(n, k, order):
    out = []
    for part in np.array_split(order, k):
        held = np.zeros(n, dtype=bool)
        held[part] = True
        out.append((~held, held))
    return out
