"""exercise: gradient_descent
belief: The path consists of the points reached after each step; the start is not one of them.
"""

import numpy as np


def gradient_descent(x, y, theta, lr, steps):
    history = np.zeros((steps, theta.shape[0]), dtype=theta.dtype)
    w = theta.copy()
    for i in range(steps):
        gradient = 2 * x.T.dot(x.dot(w) - y) / x.shape[0]
        w = w - lr * gradient
        history[i] = w
    return history
