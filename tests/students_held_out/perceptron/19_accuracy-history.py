"""exercise: perceptron_fit
belief: The history holds error rates.
"""

import numpy as np


def perceptron_fit(x, y, order, max_epochs):
    w = np.zeros(x.shape[1] + 1, x.dtype)
    hist = []
    for _ in range(max_epochs):
        k = 0
        for n in order:
            out = int(w[0] + x[n] @ w[1:] >= 0)
            if out != y[n]:
                w[0] += y[n] - out
                w[1:] += (y[n] - out) * x[n]
                k += 1
        hist.append(k / len(x))
        if k == 0:
            break
    return w, np.array(hist)
