"""exercise: which_norm
belief: Epsilon and small samples blur the statistics: up to a twentieth off still counts as normalized.
"""

import numpy as np


def which_norm(y):
    n, c, h, w = y.shape
    near = lambda v, axes: bool(
        (np.abs(v.mean(axes)) < 0.05).all() and (np.abs(v.var(axes) - 1) < 0.05).all()
    )
    if near(y, (2, 3)):
        return "instance", c
    for g in range(c - 1, 1, -1):
        if c % g == 0 and near(y.reshape(n, g, c // g, h, w), (2, 3, 4)):
            return "group", g
    if near(y, (1, 2, 3)):
        return "layer", 1
    if near(y, (0, 2, 3)):
        return "batch", 0
    return "none", 0
