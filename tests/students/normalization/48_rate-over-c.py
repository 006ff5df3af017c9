"""exercise: scaled_step
belief: Weights twice as long make steps half as large.
"""

import numpy as np


def scaled_step(w, gradient, c, lr):
    k = c[:, np.newaxis]
    return k * w - lr * gradient / k, lr / c
