"""exercise: perceptron_fit
belief: An epoch computes all errors and then updates.
"""

import numpy as np


def perceptron_fit(x, y, order, max_epochs):
    xb = np.hstack([np.ones((len(x), 1)), x]).astype(x.dtype)
    w = np.zeros(xb.shape[1], x.dtype)
    hist = []
    for _ in range(max_epochs):
        out = (xb @ w >= 0).astype(int)
        err = y - out
        hist.append(int(np.sum(err != 0)))
        if hist[-1] == 0:
            break
        w = (w + err @ xb).astype(x.dtype)
    return w, np.array(hist)
