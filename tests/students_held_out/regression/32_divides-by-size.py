"""exercise: sgd_epoch
belief: The gradient of a minibatch is divided by the batch size that was asked for.
"""

import numpy as np


def sgd_epoch(x, y, theta, lr, order, size=1):
    w = theta.astype(theta.dtype, copy=True)
    for i in range(0, len(order), size):
        batch = order[i:i + size]
        xb = x[batch]
        err = xb @ w - y[batch]
        w -= lr * 2 / size * (xb.T @ err)
    return w
