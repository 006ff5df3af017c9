"""exercise: diagnose_gradient
belief: Arrays are equal or they are not.
"""

import numpy as np


def diagnose_gradient(x, y, theta, found):
    right = mse_gradient(x, y, theta)
    n = len(y)
    if np.array_equal(found, right):
        return "right"
    elif np.array_equal(found, n * right):
        return "sum"
    elif np.array_equal(found, right / 2):
        return "half"
    elif np.array_equal(found, -right):
        return "uphill"
    elif np.array_equal(found, mse_gradient(x, np.zeros_like(y), theta)):
        return "no targets"
    return "unknown"
