"""exercise: sgd_epoch
belief: The batch gradient is divided by the batch size.
"""

import numpy as np


def sgd_epoch(x, y, theta, lr, order, size=1):
    for i in range(0, len(order), size):
        rows = order[i : i + size]
        err = x[rows] @ theta - y[rows]
        theta = theta - lr * 2 / size * (x[rows].T @ err)
    return theta
