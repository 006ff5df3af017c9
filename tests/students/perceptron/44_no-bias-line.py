"""exercise: linearly_separable
belief: w x > 0 separates.
"""

import numpy as np


def linearly_separable(x, y):
    s = 2 * y - 1
    w = np.zeros(x.shape[1])
    for _ in range(700):
        bad = [i for i in range(len(x)) if s[i] * (x[i] @ w) <= 0]
        if not bad:
            return True
        w = w + s[bad[0]] * x[bad[0]]
    return False
