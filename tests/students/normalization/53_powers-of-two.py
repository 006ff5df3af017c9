"""exercise: which_norm
belief: The number of groups is found by halving the number of channels again and again.
"""

import numpy as np


def which_norm(y):
    def normal(portions):
        m, v = portions.mean(axis=1), portions.var(axis=1)
        return np.all(np.abs(m) < 0.01) and np.all(np.abs(v - 1) < 0.01)

    n, c, h, w = y.shape
    g = c
    while g >= 1:
        if normal(y.reshape(n * g, -1)):
            if g == c:
                return "instance", c
            return ("group", g) if g > 1 else ("layer", 1)
        if g > 1 and g % 2:
            g = 1
        else:
            g //= 2
    if normal(y.transpose(1, 0, 2, 3).reshape(c, -1)):
        return "batch", 0
    return "none", 0
