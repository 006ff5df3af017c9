"""exercise: mistake_bound
belief: The bound is R over gamma.
"""

import numpy as np


def mistake_bound(w, x, y):
    xb = np.c_[np.ones(len(x)), x]
    g = float(np.min(np.where(y == 1, 1, -1) * (xb @ w)) / np.linalg.norm(w))
    R = float(np.sqrt(np.max(np.sum(xb**2, axis=1))))
    return g, R, R / g if g > 0 else np.inf
