"""exercise: numerical_vjp
belief: The derivative is (f(x + h) - f(x)) / h.
"""

import numpy as np


def numerical_vjp(f, x, dy, h=1e-5):
    base = f(x.copy())
    grad = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        moved = x.copy()
        moved[i] += h
        grad[i] = np.sum(dy * (f(moved) - base)) / h
    return grad
