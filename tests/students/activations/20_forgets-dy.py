"""exercise: numerical_vjp
belief: The gradient is the sum of the changes of all outputs.
"""

import numpy as np


def numerical_vjp(f, x, dy, h=1e-5):
    grad = np.zeros(x.shape)
    it = np.nditer(x, flags=["multi_index"])
    for _ in it:
        i = it.multi_index
        p = x.copy()
        p[i] = x[i] + h
        fp = f(p)
        p[i] = x[i] - h
        fm = f(p)
        grad[i] = np.sum(fp - fm) / (2 * h)
    return grad
