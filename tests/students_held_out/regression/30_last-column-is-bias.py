"""exercise: ridge
belief: The column of ones is the last one, so the last parameter is the one not penalised.
"""

import numpy as np


def ridge(x, y, strength):
    reg = strength * np.identity(x.shape[1])
    reg[-1, -1] = 0.0
    theta = np.linalg.pinv(x.T.dot(x) + reg).dot(x.T).dot(y)
    return theta.astype(x.dtype)
