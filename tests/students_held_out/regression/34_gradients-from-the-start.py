"""exercise: sgd_epoch
belief: All minibatch gradients of an epoch are taken at the parameters with which the epoch
began.
"""

import numpy as np


def sgd_epoch(x, y, theta, lr, order, size=1):
    new_theta = theta.copy()
    for start in range(0, len(order), size):
        rows = order[start:start + size]
        grad = 2 / len(rows) * x[rows].T @ (x[rows] @ theta - y[rows])
        new_theta = new_theta - lr * grad
    return new_theta.astype(theta.dtype)
