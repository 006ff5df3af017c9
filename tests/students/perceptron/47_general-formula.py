"""exercise: count_separable
belief: Cover's function counts them.
"""

import math


def count_separable(x):
    n, d = x.shape
    return 2 * sum(math.comb(n - 1, k) for k in range(d + 1))
