"""exercise: gradient_descent
belief: The parameters can be updated one after the other inside the loop over j, each with the
newest values of the others.
"""

import numpy as np


def gradient_descent(x, y, theta, lr, steps):
    n, d = x.shape
    path = np.zeros((steps + 1, d), dtype=theta.dtype)
    current = theta.copy()
    path[0] = current
    for t in range(1, steps + 1):
        for j in range(d):
            prediction = x @ current
            current[j] = current[j] - lr * 2 / n * np.sum((prediction - y) * x[:, j])
        path[t] = current
    return path
