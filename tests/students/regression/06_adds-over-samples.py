"""exercise: mse_gradient
belief: The gradient of the loss is the sum of the samples' gradients.
"""

import numpy as np


def mse_gradient(x, y, theta):
    g = np.zeros_like(theta)
    for xi, yi in zip(x, y):
        g += 2 * (xi @ theta - yi) * xi
    return g
