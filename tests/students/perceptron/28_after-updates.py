"""exercise: averaged_perceptron
belief: One averages the weights after each update.
"""

import numpy as np


def averaged_perceptron(x, y, order, epochs):
    w = np.zeros(x.shape[1] + 1, x.dtype)
    tot = np.zeros_like(w)
    k = 0
    for _ in range(epochs):
        for i in order:
            o = int(w[0] + w[1:] @ x[i] >= 0)
            if o != y[i]:
                w[0] += y[i] - o
                w[1:] += (y[i] - o) * x[i]
                tot += w
                k += 1
    return tot / max(k, 1)
