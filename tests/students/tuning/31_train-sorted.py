"""exercise: k_fold
belief: The training samples are those that are not held out, in ascending order.
"""

import numpy as np


def k_fold(n, k, order):
    out = []
    for held in np.array_split(order, k):
        out.append((np.setdiff1d(np.arange(n), held), held))
    return out
