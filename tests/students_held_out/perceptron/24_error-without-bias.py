"""exercise: adaline_update
belief: The linear output is w x.
"""

import numpy as np


def adaline_update(w, x, target, lr):
    e = target - np.dot(w[1:], x)
    new = w.copy()
    new[0] = w[0] + lr * e
    new[1:] = w[1:] + lr * e * x
    return new
