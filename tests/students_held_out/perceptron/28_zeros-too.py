"""exercise: averaged_perceptron
belief: The start is one of the weights.
"""

import numpy as np


def averaged_perceptron(x, y, order, epochs):
    w = np.zeros(x.shape[1] + 1, x.dtype)
    all_w = [w]
    for _ in range(epochs):
        for n in order:
            out = int(w[0] + w[1:] @ x[n] >= 0)
            w = w + ((y[n] - out) * np.append(1.0, x[n])).astype(x.dtype)
            all_w.append(w)
    return np.mean(all_w, axis=0).astype(x.dtype)
