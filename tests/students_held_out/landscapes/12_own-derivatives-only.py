"""exercise: numerical_hessian
belief: Each coordinate has its own second derivative.
"""

import numpy as np


def numerical_hessian(gradient, x, h=1e-4):
    d = len(x)
    H = np.zeros((d, d))
    for i in range(d):
        e = np.eye(d)[i] * h
        H[i, i] = (gradient(x + e)[i] - gradient(x - e)[i]) / (2 * h)
    return H
