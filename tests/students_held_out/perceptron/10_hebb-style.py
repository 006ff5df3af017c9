"""exercise: perceptron_update
belief: Every sample pulls the weights to its side.
"""

import numpy as np


def perceptron_update(w, x, target, lr):
    s = 1 if target == 1 else -1
    xb = np.concatenate(([1.0], x)).astype(w.dtype)
    return (w + lr * s * xb).astype(w.dtype)
