"""exercise: mse_gradient
belief: The residual is target minus prediction, and the gradient is that times the inputs.
"""

import numpy as np


def mse_gradient(x, y, theta):
    n = x.shape[0]
    error = y - np.dot(x, theta)
    return (2 / n) * np.dot(x.T, error)
