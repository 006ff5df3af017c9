"""exercise: linearly_separable
belief: There must be two classes to be separated.
"""

import numpy as np


def linearly_separable(x, y):
    if len(np.unique(y)) < 2:
        return False
    A = (2 * y - 1)[:, None] * np.hstack([np.ones((len(x), 1)), x])
    w = np.zeros(A.shape[1])
    for _ in range(1000):
        z = A @ w
        if (z > 0).all():
            return True
        w = w + A[np.argmax(z <= 0)]
    return False
