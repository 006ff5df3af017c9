"""exercise: ridge
belief: Lambda is added to the whole diagonal.
"""

import numpy as np


def ridge(x, y, strength):
    identity = np.identity(x.shape[1], dtype=x.dtype)
    return np.linalg.inv(x.T @ x + strength * identity) @ x.T @ y
