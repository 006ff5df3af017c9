"""exercise: perceptron_fit
belief: Every sample moves the weights.
"""

import numpy as np


def perceptron_fit(x, y, order, max_epochs):
    w = np.zeros(x.shape[1] + 1, x.dtype)
    hist = []
    for _ in range(max_epochs):
        k = 0
        for n in order:
            out = int(w[0] + x[n] @ w[1:] >= 0)
            k += out != y[n]
            s = 2 * y[n] - 1
            w[0] += s
            w[1:] += s * x[n]
        hist.append(k)
        if k == 0:
            break
    return w, np.array(hist)
