"""exercise: averaged_perceptron
belief: The average is taken over the last epoch.
"""

import numpy as np


def averaged_perceptron(x, y, order, epochs):
    w = np.zeros(x.shape[1] + 1, x.dtype)
    for _ in range(epochs):
        tot = np.zeros_like(w)
        for i in order:
            o = int(w[0] + w[1:] @ x[i] >= 0)
            w[0] += y[i] - o
            w[1:] += (y[i] - o) * x[i]
            tot += w
    return tot / len(order)
