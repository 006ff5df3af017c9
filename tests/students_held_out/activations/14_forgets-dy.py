"""exercise: numerical_vjp
belief: The gradient of an input is the sum of how all outputs react.
"""

import numpy as np


def numerical_vjp(f, x, dy, h=1e-5):
    grad = np.zeros(x.shape)
    it = np.nditer(x, flags=["multi_index"])
    while not it.finished:
        ix = it.multi_index
        plus = x.copy()
        plus[ix] += h
        minus = x.copy()
        minus[ix] -= h
        grad[ix] = np.sum(f(plus) - f(minus)) / (2 * h)
        it.iternext()
    return grad
