"""exercise: mse_gradient
belief: The residual is y minus the prediction.
"""

import numpy as np


def mse_gradient(x, y, theta):
    n = y.shape[0]
    residual = y - np.dot(x, theta)
    grad = np.zeros_like(theta)
    for j in range(theta.shape[0]):
        grad[j] = 2.0 / n * np.sum(residual * x[:, j])
    return grad
