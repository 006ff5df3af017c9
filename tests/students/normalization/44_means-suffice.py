"""exercise: which_norm
belief: Where the mean is zero it was normalized.
"""

import numpy as np


def which_norm(y):
    N, C, H, W = y.shape
    for g in range(C, 0, -1):
        if C % g == 0 and np.allclose(y.reshape(N, g, -1).mean(-1), 0, atol=2e-3):
            return ("layer" if g == 1 else "instance" if g == C else "group"), g
    if np.allclose(y.mean(axis=(0, 2, 3)), 0, atol=2e-3):
        return "batch", 0
    return "none", 0
