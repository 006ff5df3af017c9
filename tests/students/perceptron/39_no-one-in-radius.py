"""exercise: read_log
belief: R is the longest sample.
"""

import numpy as np


def read_log(x, mistakes, margin):
    R = np.linalg.norm(x, axis=1).max()
    b = (R / margin) ** 2
    if mistakes[-1] == 0:
        return "separable", 0.0
    if mistakes.sum() > b:
        return "not separable", 0.0
    return "undecided", float(b - mistakes.sum())
