"""exercise: dropout_fault
belief: The share of zeros in the first sample is p.
"""

import numpy as np


def dropout_fault(x, train, test):
    p = float(np.mean(train[0] == 0))
    mask = train != 0
    big = bool(np.any(np.abs(train[mask]) > np.abs(x[mask]) * (1 + 1e-9)))
    if np.any(test == 0):
        return "left-on", p
    if np.all(np.abs(test) < np.abs(x)):
        return ("scaled-twice" if big else "original"), p
    if not big:
        return "never-scaled", p
    same = all(np.array_equal(mask[0], row) for row in mask)
    return ("one-mask" if same else "inverted"), p
