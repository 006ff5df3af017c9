"""exercise: gradient_descent
belief: Each component of theta is updated in turn with the newest values.
"""

import numpy as np


def gradient_descent(x, y, theta, lr, steps):
    theta = theta.copy()
    path = [theta.copy()]
    for _ in range(steps):
        for j in range(len(theta)):
            error = x @ theta - y
            theta[j] = theta[j] - lr * 2 * np.mean(error * x[:, j])
        path.append(theta.copy())
    return np.array(path)
