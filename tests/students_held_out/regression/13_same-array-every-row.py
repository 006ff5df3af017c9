"""exercise: gradient_descent
belief: Appending theta to the list saves the value that it has now, even if theta is changed in
place later.
"""

import numpy as np


def gradient_descent(x, y, theta, lr, steps):
    path = [theta]
    for _ in range(steps):
        grad = 2 / len(y) * x.T @ (x @ theta - y)
        theta -= lr * grad
        path.append(theta)
    return np.array(path)
