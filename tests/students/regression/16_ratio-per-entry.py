"""exercise: diagnose_gradient
belief: The quotient of the two gradients tells the factor.
"""

import numpy as np


def diagnose_gradient(x, y, theta, found):
    right = mse_gradient(x, y, theta)
    blind = mse_gradient(x, y * 0, theta)
    ratio = found / right
    n = len(y)
    if np.allclose(ratio, 1):
        return "right"
    if np.allclose(ratio, n):
        return "sum"
    if np.allclose(ratio, 0.5):
        return "half"
    if np.allclose(ratio, -1):
        return "uphill"
    if np.allclose(found / blind, 1):
        return "no targets"
    return "unknown"
