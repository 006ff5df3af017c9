"""exercise: dropout_fault
belief: A scaled training pass and an unchanged test pass are inverted dropout, whatever the
mask looks like.
"""

import numpy as np


def dropout_fault(x, train, test):
    dropped = train == 0
    p = float(dropped.mean())
    kept_ratio = (train / x)[~dropped].mean()
    scaled = abs(kept_ratio - 1 / (1 - p)) < 1e-6
    if np.any(test == 0):
        return "left-on", p
    if np.allclose(test, x):
        return ("inverted" if scaled else "never-scaled"), p
    return ("scaled-twice" if scaled else "original"), p
