"""exercise: svrg_epoch
belief: `snapshot = w` keeps the weights as they are at this moment; changing w with -= afterwards does not touch the snapshot.
"""

import numpy as np


def svrg_epoch(param, gradient, n, order, lr=0.01):
    w = param.copy()  # do not change the argument
    snapshot = w
    mu = sum(gradient(i, snapshot) for i in range(n)) / n
    for i in order:
        w -= lr * (gradient(int(i), w) - gradient(int(i), snapshot) + mu)
    return w
