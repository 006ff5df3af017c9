"""exercise: mistake_bound
belief: R is the length of the largest input.
"""

import numpy as np


def mistake_bound(w, x, y):
    s = np.where(y == 1, 1, -1)
    g = float((s * (w[0] + x @ w[1:])).min() / np.linalg.norm(w))
    R = float(np.linalg.norm(x, axis=1).max())
    return g, R, (R / g) ** 2 if g > 0 else float("inf")
