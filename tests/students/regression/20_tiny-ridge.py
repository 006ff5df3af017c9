"""exercise: normal_equation
belief: A little on the diagonal makes it invertible and changes nothing.
"""

import numpy as np


def normal_equation(x, y, rcond=1e-6):
    d = x.shape[1]
    return np.linalg.solve(x.T @ x + 1e-8 * np.eye(d, dtype=x.dtype), x.T @ y)
