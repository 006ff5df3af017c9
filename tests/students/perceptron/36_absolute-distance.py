"""exercise: mistake_bound
belief: A margin is a distance and so positive.
"""

import numpy as np


def mistake_bound(w, x, y):
    xb = np.column_stack([np.ones(len(x)), x])
    g = float(np.abs(xb @ w).min() / np.linalg.norm(w))
    R = float(np.linalg.norm(xb, axis=1).max())
    return g, R, float("inf") if g == 0 else (R / g) ** 2
