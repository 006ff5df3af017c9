"""exercise: numerical_hessian
belief: Symmetric is a matrix whose upper triangle is copied to the lower one.
"""

import numpy as np


def numerical_hessian(gradient, x, h=1e-4):
    n = len(x)
    H = np.zeros((n, n))
    for j in range(n):
        e = np.zeros(n)
        e[j] = h
        H[:, j] = (gradient(x + e) - gradient(x - e)) / (2 * h)
    return np.triu(H) + np.triu(H, 1).T
