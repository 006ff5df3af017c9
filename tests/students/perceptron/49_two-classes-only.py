"""exercise: count_separable
belief: Constant functions need no line.
"""

import itertools

import numpy as np


def count_separable(x):
    n = len(x)
    c = 0
    for y in itertools.product([0, 1], repeat=n):
        if 0 < sum(y) < n and linearly_separable(x, np.array(y)):  # noqa: F821
            c += 1
    return c
