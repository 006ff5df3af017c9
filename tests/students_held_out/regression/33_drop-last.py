"""exercise: sgd_epoch
belief: Only full minibatches are used; what is left at the end is dropped.
"""

import numpy as np


def sgd_epoch(x, y, theta, lr, order, size=1):
    theta = theta.copy()
    num_batches = len(order) // size
    for b in range(num_batches):
        idx = order[b * size:(b + 1) * size]
        xb, yb = x[idx], y[idx]
        grad = 2 * xb.T @ (xb @ theta - yb) / len(idx)
        theta = theta - lr * grad
    return theta.astype(x.dtype)
