"""exercise: dropout_fault
belief: If every sample has the same number of holes, one mask served all of them.
"""

import numpy as np


def dropout_fault(x, train, test):
    kept = train != 0
    p = float(1 - kept.mean())
    if np.any(test == 0):
        return "left-on", p
    gain = np.mean(train[kept] / x[kept])
    scaled_train = abs(gain - 1) > abs(gain - 1 / (1 - p))
    shrunk_test = abs(np.mean(test / x) - (1 - p)) < abs(np.mean(test / x) - 1)
    if shrunk_test:
        return ("scaled-twice" if scaled_train else "original"), p
    if not scaled_train:
        return "never-scaled", p
    holes = (~kept).sum(axis=1)
    if np.all(holes == holes[0]):
        return "one-mask", p
    return "inverted", p
