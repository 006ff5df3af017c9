"""exercise: mse_gradient
belief: The mean in the gradient is over all the entries of x, so np.mean or x.size gives the
right divisor.
"""

import numpy as np


def mse_gradient(x, y, theta):
    y_pred = x.dot(theta)
    diff = y_pred - y
    grad = 2.0 * x.T.dot(diff) / x.size
    return grad
