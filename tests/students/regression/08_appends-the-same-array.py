"""exercise: gradient_descent
belief: theta is updated in place and appended after each step.
"""

import numpy as np


def gradient_descent(x, y, theta, lr, steps):
    t = theta.copy()
    path = [t]
    for _ in range(steps):
        t -= lr * 2 / len(y) * x.T @ (x @ t - y)
        path.append(t)
    return np.array(path)
