"""exercise: count_separable
belief: A labelling and its complement are the same line.
"""

import numpy as np


def count_separable(x):
    n = len(x)
    c = 0
    for k in range(2 ** (n - 1)):
        y = np.array([(k >> i) & 1 for i in range(n)])
        c += linearly_separable(x, y)  # noqa: F821
    return int(c)
