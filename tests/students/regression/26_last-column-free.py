"""exercise: ridge
belief: The bias stands in the last column.
"""

import numpy as np


def ridge(x, y, strength):
    reg = strength * np.eye(x.shape[1], dtype=x.dtype)
    reg[-1, -1] = 0.0
    return np.linalg.solve(x.T @ x + reg, x.T @ y)
