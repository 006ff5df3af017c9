"""exercise: ridge
belief: Half the sum of squares, plus lambda times the squares of theta.
"""

import numpy as np


def ridge(x, y, strength):
    penalty = 2 * strength * np.ones(x.shape[1], dtype=x.dtype)
    penalty[0] = 0
    return np.linalg.solve(x.T @ x + np.diag(penalty), x.T @ y)
