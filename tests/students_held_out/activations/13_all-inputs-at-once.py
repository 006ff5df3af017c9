"""exercise: numerical_vjp
belief: All inputs can be nudged together, f(x + h) - f(x - h), since each output belongs to its
input.
"""

import numpy as np


def numerical_vjp(f, x, dy, h=1e-5):
    slope = (f(x + h) - f(x - h)) / (2 * h)
    if slope.shape == x.shape:
        return dy * slope
    return np.full(x.shape, np.sum(dy * slope))
