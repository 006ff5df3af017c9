"""exercise: gradient_descent
belief: The history holds theta after each step.
"""

import numpy as np


def gradient_descent(x, y, theta, lr, steps):
    history = np.zeros((steps, len(theta)), dtype=theta.dtype)
    for k in range(steps):
        theta = theta - lr * mse_gradient(x, y, theta)
        history[k] = theta
    return history
