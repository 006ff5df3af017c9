"""exercise: signal_by_depth
belief: The signal of a layer is its weighted sum z.
"""

import numpy as np


def squash(z, name):
    if name == "logistic":
        return 0.5 + 0.5 * np.tanh(z / 2)
    if name == "tanh":
        return np.tanh(z)
    if name == "relu":
        return z * (z > 0)
    return z


def signal_by_depth(x, weights, activation):
    result = []
    h = x
    for w in weights:
        z = np.dot(h, w.T)
        result.append(np.std(z))
        h = squash(z, activation)
    return np.array(result, dtype=x.dtype)
