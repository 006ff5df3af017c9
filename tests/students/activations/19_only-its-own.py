"""exercise: numerical_vjp
belief: The gradient at i is dy_i times the change of output i.
"""

import numpy as np


def numerical_vjp(f, x, dy, h=1e-5):
    grad = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        d = np.zeros_like(x)
        d[i] = h
        diff = (f(x + d) - f(x - d)) / (2 * h)
        grad[i] = diff[i] * dy[i]
    return grad
