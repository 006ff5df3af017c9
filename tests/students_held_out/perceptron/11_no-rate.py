"""exercise: perceptron_update
belief: The perceptron adds the sample itself.
"""

import numpy as np


def perceptron_update(w, x, target, lr):
    w = w.copy()
    y = int(np.dot(x, w[1:]) + w[0] >= 0)
    if y != target:
        sign = 1 if target else -1
        w[1:] += sign * x
        w[0] += sign
    return w
