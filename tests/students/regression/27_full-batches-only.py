"""exercise: sgd_epoch
belief: Only full batches make a step.
"""

import numpy as np


def sgd_epoch(x, y, theta, lr, order, size=1):
    n_batches = len(order) // size
    for b in range(n_batches):
        idx = order[b * size : (b + 1) * size]
        theta = theta - lr * mse_gradient(x[idx], y[idx], theta)
    return theta
