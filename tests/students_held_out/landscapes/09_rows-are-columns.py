"""exercise: numerical_hessian
belief: The change of the whole gradient is a row; H is returned as filled.
"""

import numpy as np


def numerical_hessian(gradient, x, h=1e-4):
    H = np.empty((len(x), len(x)))
    for i in range(len(x)):
        up = np.array(x, dtype=float)
        dn = np.array(x, dtype=float)
        up[i] += h
        dn[i] -= h
        H[i] = (gradient(up) - gradient(dn)) / (2 * h)
    return H
