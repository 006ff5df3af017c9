"""exercise: mse_gradient
belief: Targets are a column vector, so they are reshaped to (N, 1).
"""

import numpy as np


def mse_gradient(x, y, theta):
    m = x.shape[0]
    y = y.reshape(-1, 1)
    return 2 / m * x.T @ (x @ theta - y)
