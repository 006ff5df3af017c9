"""exercise: averaged_perceptron
belief: The weights with which a sample is met are averaged.
"""

import numpy as np


def averaged_perceptron(x, y, order, epochs):
    w = np.zeros(x.shape[1] + 1, x.dtype)
    acc = []
    for _ in range(epochs):
        for i in order:
            acc.append(w.copy())
            o = int(w[0] + w[1:] @ x[i] >= 0)
            w[0] += y[i] - o
            w[1:] += (y[i] - o) * x[i]
    return np.mean(acc, axis=0).astype(x.dtype)
