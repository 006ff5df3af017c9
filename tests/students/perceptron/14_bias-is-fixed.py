"""exercise: perceptron_update
belief: Only the weights of inputs learn.
"""

import numpy as np


def perceptron_update(w, x, target, lr):
    out = w.copy()
    y = int(w[0] + np.dot(w[1:], x) >= 0)
    out[1:] = w[1:] + lr * (target - y) * x
    return out
