"""exercise: count_separable
belief: Only the number of ones matters.
"""

import numpy as np


def count_separable(x):
    n = len(x)
    c = 0
    for k in range(n + 1):
        y = np.zeros(n, int)
        y[:k] = 1
        c += bool(linearly_separable(x, y))  # noqa: F821
    return c
