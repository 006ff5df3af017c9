"""exercise: linearly_separable
belief: Samples on the line are fine.
"""

import numpy as np


def linearly_separable(x, y):
    s = 2 * y - 1
    xb = np.c_[np.ones(len(x)), x] * s[:, None]
    w = np.zeros(xb.shape[1])
    for _ in range(601):
        if np.all(xb @ w >= 0):
            return True
        w += xb[np.argmin(xb @ w)]
    return False
