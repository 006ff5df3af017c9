"""exercise: numerical_vjp
belief: The difference is divided by the step.
"""

import numpy as np


def numerical_vjp(f, x, dy, h=1e-5):
    g = np.empty(x.shape)
    for idx in np.ndindex(*x.shape):
        up, down = x.copy(), x.copy()
        up[idx] += h
        down[idx] -= h
        g[idx] = ((f(up) - f(down)) * dy).sum() / h
    return g
