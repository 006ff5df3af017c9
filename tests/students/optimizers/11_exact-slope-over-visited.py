"""exercise: svrg_epoch
belief: The exact slope at the snapshot is the mean over the samples that this epoch visits.
"""

import numpy as np


def svrg_epoch(param, gradient, n, order, lr=0.01):
    snapshot = param.copy()
    stored = {}
    for i in order:
        stored[int(i)] = gradient(int(i), snapshot)
    mu = sum(stored[int(i)] for i in order) / len(order)

    w = snapshot.copy()
    for i in order:
        correction = gradient(int(i), w) - stored[int(i)]
        w = w - lr * (correction + mu)
    return w
