"""exercise: perceptron_update
belief: A unit fires if its sum is positive.
"""

import numpy as np


def perceptron_update(w, x, target, lr):
    xb = np.concatenate(([1], x)).astype(w.dtype)
    y = 1 if xb @ w > 0 else 0
    return w + np.asarray(lr * (target - y), w.dtype) * xb
