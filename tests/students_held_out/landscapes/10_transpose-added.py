"""exercise: numerical_hessian
belief: To make a matrix symmetric one adds its transpose.
"""

import numpy as np


def numerical_hessian(gradient, x, h=1e-4):
    d = len(x)
    H = np.empty((d, d))
    for i in range(d):
        e = np.eye(d)[i] * h
        H[:, i] = (gradient(x + e) - gradient(x - e)) / (2 * h)
    return H + H.T
