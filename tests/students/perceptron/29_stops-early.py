"""exercise: averaged_perceptron
belief: Training ends when an epoch is clean.
"""

import numpy as np


def averaged_perceptron(x, y, order, epochs):
    w = np.zeros(x.shape[1] + 1, x.dtype)
    tot = np.zeros_like(w)
    k = 0
    for _ in range(epochs):
        c = 0
        for i in order:
            o = int(w[0] + w[1:] @ x[i] >= 0)
            if o != y[i]:
                c += 1
                w[0] += y[i] - o
                w[1:] += (y[i] - o) * x[i]
            tot += w
            k += 1
        if c == 0:
            break
    return tot / k
