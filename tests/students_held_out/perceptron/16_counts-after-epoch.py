"""exercise: perceptron_fit
belief: Mistakes are counted at the end of an epoch.
"""

import numpy as np


def perceptron_fit(x, y, order, max_epochs):
    xb = np.c_[np.ones(len(x)), x].astype(x.dtype)
    w = np.zeros(xb.shape[1], x.dtype)
    hist = []
    for _ in range(max_epochs):
        for n in order:
            w = w + ((y[n] - int(xb[n] @ w >= 0)) * xb[n]).astype(x.dtype)
        hist.append(int(np.sum((xb @ w >= 0) != (y == 1))))
        if hist[-1] == 0:
            break
    return w, np.array(hist)
