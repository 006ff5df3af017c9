"""exercise: averaged_perceptron
belief: One weight vector per epoch is averaged.
"""

import numpy as np


def averaged_perceptron(x, y, order, epochs):
    w = np.zeros(x.shape[1] + 1, x.dtype)
    tot = np.zeros_like(w)
    for _ in range(epochs):
        for n in order:
            out = int(w[0] + w[1:] @ x[n] >= 0)
            w[0] += y[n] - out
            w[1:] += (y[n] - out) * x[n]
        tot += w
    return tot / epochs
