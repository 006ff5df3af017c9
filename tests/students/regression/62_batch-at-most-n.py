"""exercise: sgd_epoch
belief: A minibatch cannot be larger than the data set, so size is cut to the number of rows.
"""

import numpy as np


def sgd_epoch(x, y, theta, lr, order, size=1):
    size = min(size, len(x))
    t = theta.copy()
    start = 0
    while start < len(order):
        rows = order[start : start + size]
        miss = x[rows] @ t - y[rows]
        t = t - lr * (2 / len(rows)) * (x[rows].T @ miss)
        start += size
    return t.astype(theta.dtype)
