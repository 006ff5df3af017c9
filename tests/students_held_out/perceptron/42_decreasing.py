"""exercise: read_log
belief: Falling mistakes will reach zero.
"""

import numpy as np


def read_log(x, mistakes, margin):
    r2 = np.max(1 + np.sum(x**2, axis=1))
    left = r2 / margin**2 - mistakes.sum()
    if mistakes[-1] == 0 or (len(mistakes) > 1 and np.all(np.diff(mistakes) < 0)):
        return "separable", 0.0
    if left < 0:
        return "not separable", 0.0
    return "undecided", float(left)
