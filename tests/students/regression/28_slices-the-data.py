"""exercise: sgd_epoch
belief: Batches are slices of the data.
"""

import numpy as np


def sgd_epoch(x, y, theta, lr, order, size=1):
    for start in range(0, len(order), size):
        xb, yb = x[start : min(start + size, len(order))], y[start : min(start + size, len(order))]
        theta = theta - lr * 2 / len(yb) * xb.T @ (xb @ theta - yb)
    return theta
