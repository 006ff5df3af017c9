"""exercise: read_log
belief: A number of mistakes is a whole number.
"""

import numpy as np


def read_log(x, mistakes, margin):
    b = int(np.max(1 + np.sum(x**2, axis=1)) / margin**2)
    m = int(mistakes.sum())
    if 0 in mistakes:
        return "separable", 0.0
    if m > b:
        return "not separable", 0.0
    return "undecided", float(b - m)
