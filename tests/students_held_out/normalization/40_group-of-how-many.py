"""exercise: which_norm
belief: The number is how many channels stand in a group.
"""

import numpy as np


def which_norm(y):
    N, C = y.shape[:2]

    def fits(a):
        return np.abs(a.mean(1)).max() < 0.01 and np.abs(a.var(1) - 1).max() < 0.01

    for size in range(1, C + 1):
        if C % size == 0 and fits(y.reshape(N * C // size, -1)):
            return "layer" if size == C else "instance" if size == 1 else "group", size
    if fits(np.swapaxes(y, 0, 1).reshape(C, -1)):
        return "batch", 0
    return "none", 0
