"""exercise: numerical_gradient
belief: The derivative is the difference quotient (f(x + h) - f(x)) / h.
"""

import numpy as np


def numerical_gradient(f, x, h=1e-5):
    fx = f(x)
    grad = np.zeros_like(x)
    it = np.nditer(x, flags=["multi_index"])
    while not it.finished:
        ix = it.multi_index
        x_plus = x.copy()
        x_plus[ix] += h
        grad[ix] = (f(x_plus) - fx) / h
        it.iternext()
    return grad
