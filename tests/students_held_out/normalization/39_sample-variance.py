"""exercise: which_norm
belief: The variance of a portion is computed with ddof = 1.
"""

import numpy as np


def which_norm(y):
    N, C = y.shape[:2]

    def fits(a):
        if a.shape[1] < 2:
            return False
        return np.abs(a.mean(1)).max() < 0.01 and np.abs(a.var(1, ddof=1) - 1).max() < 0.01

    for G in range(C, 0, -1):
        if C % G == 0 and fits(y.reshape(N * G, -1)):
            return "layer" if G == 1 else "instance" if G == C else "group", G
    if fits(np.swapaxes(y, 0, 1).reshape(C, -1)):
        return "batch", 0
    return "none", 0
