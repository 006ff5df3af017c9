"""exercise: mistake_bound
belief: A negative margin is squared away.
"""

import numpy as np


def mistake_bound(w, x, y):
    xb = np.c_[np.ones(len(x)), x]
    g = float(np.min(np.where(y == 1, 1, -1) * (xb @ w)) / np.linalg.norm(w))
    R = float(np.sqrt(np.max(np.sum(xb**2, axis=1))))
    if g == 0:
        return g, R, np.inf
    return g, R, R**2 / g**2
