"""exercise: k_fold
belief: A pair is (held out, training).
"""

import numpy as np


def k_fold(n, k, order):
    pieces = np.array_split(order, k)
    return [(p, np.concatenate([q for q in pieces if q is not p])) for p in pieces]
