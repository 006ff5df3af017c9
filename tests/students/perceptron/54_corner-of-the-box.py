"""exercise: read_log
belief: R is the length of the largest sample, put together from the largest value of each input.
"""

import numpy as np


def read_log(x, mistakes, margin):
    tops = np.max(np.abs(x), axis=0)
    r_squared = 1.0 + float(tops @ tops)
    allowed = r_squared / margin**2
    total = 0
    for m in mistakes:
        if m == 0:
            return "separable", 0.0
        total += int(m)
    if total > allowed:
        return "not separable", 0.0
    return "undecided", allowed - total
