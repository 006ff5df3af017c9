"""exercise: mistake_bound
belief: The margin is the distance to the line.
"""

import numpy as np


def mistake_bound(w, x, y):
    s = np.where(y == 1, 1, -1)
    d = s * (w[0] + x @ w[1:]) / np.linalg.norm(w[1:])
    g = float(d.min())
    R = float(np.sqrt(1 + (x**2).sum(axis=1)).max())
    return g, R, (R / g) ** 2 if g > 0 else float("inf")
