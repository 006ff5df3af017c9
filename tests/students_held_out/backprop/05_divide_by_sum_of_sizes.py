"""exercise: relative_error
belief: The relative error of two numbers is their difference over the sum of their sizes, |a - b| / (|a| + |b|).
"""

import numpy as np


def relative_error(a, b):
    diff = np.abs(a - b)
    size = np.abs(a) + np.abs(b)
    size = np.where(size == 0, 1, size)
    return float(np.max(diff / size))
