"""exercise: perceptron_fit
belief: max_epochs epochs are made in any case.
"""

import numpy as np


def perceptron_fit(x, y, order, max_epochs):
    w = np.zeros(x.shape[1] + 1, x.dtype)
    m = np.zeros(max_epochs, dtype=int)
    for e in range(max_epochs):
        for i in order:
            o = int(w[0] + w[1:] @ x[i] >= 0)
            if o != y[i]:
                m[e] += 1
                w[0] += y[i] - o
                w[1:] += (y[i] - o) * x[i]
    return w, m
