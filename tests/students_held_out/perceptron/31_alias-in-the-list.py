"""exercise: averaged_perceptron
belief: A list remembers the weights.
"""

import numpy as np


def averaged_perceptron(x, y, order, epochs):
    w = np.zeros(x.shape[1] + 1, x.dtype)
    seen = []
    for _ in range(epochs):
        for n in order:
            out = int(w[0] + w[1:] @ x[n] >= 0)
            w[0] += y[n] - out
            w[1:] += (y[n] - out) * x[n]
            seen.append(w)
    return np.mean(seen, axis=0).astype(x.dtype)
