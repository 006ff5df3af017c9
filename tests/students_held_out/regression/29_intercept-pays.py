"""exercise: ridge
belief: The penalty is strength times the identity, on all parameters.
"""

import numpy as np


def ridge(x, y, strength):
    d = x.shape[1]
    A = x.T @ x + strength * np.eye(d, dtype=x.dtype)
    return np.linalg.solve(A, x.T @ y)
