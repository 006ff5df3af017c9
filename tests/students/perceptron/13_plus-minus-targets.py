"""exercise: perceptron_update
belief: Targets of a perceptron are -1 and 1.
"""

import numpy as np


def perceptron_update(w, x, target, lr):
    t = 2 * target - 1
    xb = np.hstack([[1.0], x]).astype(w.dtype)
    o = 1 if w @ xb >= 0 else -1
    new = w.copy()
    new += lr * (t - o) * xb
    return new
