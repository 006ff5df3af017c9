"""exercise: which_norm
belief: Group norm means two groups.
"""

import numpy as np


def which_norm(y):
    N, C = y.shape[:2]

    def fits(a):
        return np.abs(a.mean(1)).max() < 0.01 and np.abs(a.var(1) - 1).max() < 0.01

    if fits(y.reshape(N * C, -1)):
        return "instance", C
    if C % 2 == 0 and fits(y.reshape(N * 2, -1)):
        return "group", 2
    if fits(y.reshape(N, -1)):
        return "layer", 1
    if fits(np.swapaxes(y, 0, 1).reshape(C, -1)):
        return "batch", 0
    return "none", 0
