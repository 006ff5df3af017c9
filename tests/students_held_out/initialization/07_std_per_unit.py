"""exercise: signal_by_depth
belief: The spread of a layer is the standard deviation of each unit over the batch, averaged over the units.
"""

import numpy as np


def apply(z, name):
    if name == "linear":
        return z
    if name == "logistic":
        return 0.5 * (1 + np.tanh(0.5 * z))
    if name == "tanh":
        return np.tanh(z)
    return np.maximum(z, 0)


def signal_by_depth(x, weights, activation):
    stds = []
    h = x
    for w in weights:
        h = apply(h @ w.T, activation)
        stds.append(np.std(h, axis=0).mean())
    return np.array(stds, dtype=x.dtype)
