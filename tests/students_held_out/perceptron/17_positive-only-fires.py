"""exercise: perceptron_fit
belief: A zero sum does not fire.
"""

import numpy as np


def perceptron_fit(x, y, order, max_epochs):
    w = np.zeros(x.shape[1] + 1, x.dtype)
    hist = []
    while len(hist) < max_epochs:
        k = 0
        for n in order:
            z = w[0] + x[n] @ w[1:]
            out = 1 if z > 0 else 0
            if out != y[n]:
                w[0] += y[n] - out
                w[1:] += (y[n] - out) * x[n]
                k += 1
        hist.append(k)
        if k == 0:
            break
    return w, np.array(hist)
