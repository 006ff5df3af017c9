"""exercise: ridge
belief: The loss in front of the penalty is the mean squared error, so the penalty has to be
multiplied by N in the normal equation.
"""

import numpy as np


def ridge(x, y, strength):
    n, d = x.shape
    penalty = np.eye(d)
    penalty[0, 0] = 0
    lhs = x.T @ x / n + strength * penalty
    rhs = x.T @ y / n
    return np.linalg.solve(lhs, rhs).astype(x.dtype)
