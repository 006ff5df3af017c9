"""exercise: sgd_epoch
belief: The gradients of the samples of a batch are added.
"""

import numpy as np


def sgd_epoch(x, y, theta, lr, order, size=1):
    t = theta.copy()
    for i in range(0, len(order), size):
        g = np.zeros_like(t)
        for k in order[i : i + size]:
            g += 2 * (x[k] @ t - y[k]) * x[k]
        t = t - lr * g
    return t
