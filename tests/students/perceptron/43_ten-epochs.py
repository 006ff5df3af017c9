"""exercise: linearly_separable
belief: If it has not converged after some epochs, it never will.
"""

import numpy as np


def linearly_separable(x, y):
    xb = np.hstack([np.ones((len(x), 1)), x])
    w = np.zeros(xb.shape[1])
    for _ in range(10):
        c = 0
        for a, t in zip(xb, y):
            o = int(w @ a >= 0)
            if o != t:
                w = w + (t - o) * a
                c += 1
        if c == 0:
            return True
    return False
