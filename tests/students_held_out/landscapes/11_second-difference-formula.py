"""exercise: numerical_hessian
belief: Second derivatives are divided by the square of h.
"""

import numpy as np


def numerical_hessian(gradient, x, h=1e-4):
    d = len(x)
    H = np.empty((d, d))
    for i in range(d):
        e = np.eye(d)[i] * h
        H[:, i] = (gradient(x + e) - gradient(x - e)) / h**2
    return (H + H.T) / 2
