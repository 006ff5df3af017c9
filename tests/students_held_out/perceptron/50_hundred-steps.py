"""exercise: linearly_separable
belief: A hundred epochs would show it; so would twenty.
"""

import numpy as np


def linearly_separable(x, y):
    xb = np.c_[np.ones(len(x)), x]
    w = np.zeros(xb.shape[1])
    for _ in range(20):
        bad = 0
        for v, t in zip(xb, y):
            o = 1 if v @ w >= 0 else 0
            w = w + (t - o) * v
            bad += o != t
        if bad == 0:
            return True
    return False
