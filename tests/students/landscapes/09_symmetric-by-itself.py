"""exercise: numerical_hessian
belief: The Hessian of a smooth function is symmetric, nothing is left to do.
"""

import numpy as np


def numerical_hessian(gradient, x, h=1e-4):
    n = len(x)
    H = np.zeros((n, n))
    for j in range(n):
        e = np.zeros(n)
        e[j] = h
        H[:, j] = (gradient(x + e) - gradient(x - e)) / (2 * h)
    return H
