"""exercise: read_log
belief: The mistakes of the last epoch are compared with the bound.
"""

import numpy as np


def read_log(x, mistakes, margin):
    r2 = np.max(1 + np.sum(x**2, axis=1))
    b = r2 / margin**2
    m = mistakes[-1]
    if m == 0:
        return "separable", 0.0
    if m > b:
        return "not separable", 0.0
    return "undecided", float(b - m)
