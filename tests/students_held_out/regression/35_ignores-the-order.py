"""exercise: sgd_epoch
belief: The samples are already shuffled, so minibatches can be cut from x and y directly.
"""

import numpy as np


def sgd_epoch(x, y, theta, lr, order, size=1):
    theta = theta.copy()
    n = len(order)
    for k in range(0, n, size):
        xb = x[k:k + size]
        yb = y[k:k + size]
        g = 2 * xb.T @ (xb @ theta - yb) / len(xb)
        theta = theta - lr * g
    return theta.astype(x.dtype)
