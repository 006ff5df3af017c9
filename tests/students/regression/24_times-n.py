"""exercise: ridge
belief: The loss is the mean squared error plus the penalty.
"""

import numpy as np


def ridge(x, y, strength):
    n, d = x.shape
    P = np.eye(d, dtype=x.dtype)
    P[0, 0] = 0
    return np.linalg.solve(x.T @ x / n + strength * P, x.T @ y / n)
