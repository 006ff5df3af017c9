"""exercise: which_norm
belief: Among several numbers of groups that fit, the first one found from 2 upwards is it.
"""

import numpy as np


def which_norm(y):
    n, c = y.shape[0], y.shape[1]

    def fits(parts):
        return (
            np.max(np.abs(parts.mean(axis=1))) < 0.01
            and np.max(np.abs(parts.var(axis=1) - 1)) < 0.01
        )

    if fits(y.reshape(n * c, -1)):
        return "instance", c
    for g in range(2, c):
        if c % g == 0 and fits(y.reshape(n * g, -1)):
            return "group", g
    if fits(y.reshape(n, -1)):
        return "layer", 1
    if fits(np.moveaxis(y, 0, 1).reshape(c, -1)):
        return "batch", 0
    return "none", 0
