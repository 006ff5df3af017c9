"""exercise: mistake_bound
belief: The margin is how far the samples are on average.
"""

import numpy as np


def mistake_bound(w, x, y):
    xb = np.c_[np.ones(len(x)), x]
    g = float(np.mean(np.where(y == 1, 1, -1) * (xb @ w)) / np.linalg.norm(w))
    R = float(np.sqrt(np.max(np.sum(xb**2, axis=1))))
    return g, R, (R / g) ** 2 if g > 0 else np.inf
