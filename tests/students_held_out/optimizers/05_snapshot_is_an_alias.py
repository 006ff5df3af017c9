"""exercise: svrg_epoch
belief: Writing snapshot = w stores the present weights, and later in-place changes of w do not touch it.
"""

import numpy as np


def svrg_epoch(param, gradient, n, order, lr=0.01):
    w = param.copy()
    snapshot = w

    # full gradient at the snapshot
    full = np.zeros_like(w)
    for i in range(n):
        full += gradient(i, snapshot)
    full /= n

    # inner loop
    for i in order:
        i = int(i)
        w -= lr * (gradient(i, w) - gradient(i, snapshot) + full)
    return w
