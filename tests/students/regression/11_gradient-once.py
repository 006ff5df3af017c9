"""exercise: gradient_descent
belief: The gradient is computed once before the loop.
"""

import numpy as np


def gradient_descent(x, y, theta, lr, steps):
    g = mse_gradient(x, y, theta)
    path = [theta]
    for i in range(steps):
        path.append(path[-1] - lr * g)
    return np.stack(path)
