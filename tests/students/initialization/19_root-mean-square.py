"""exercise: signal_by_depth
belief: The size of the signal is its root mean square, which is the standard deviation because everything has mean zero.
"""

import numpy as np


def signal_by_depth(x, weights, activation):
    sizes = []
    a = x
    for layer in weights:
        a = a @ layer.T
        if activation == "relu":
            a = np.maximum(0, a)
        elif activation == "tanh":
            a = np.tanh(a)
        elif activation == "logistic":
            a = 0.5 * (1 + np.tanh(0.5 * a))
        sizes.append(np.sqrt(np.mean(a**2)))
    return np.array(sizes).astype(x.dtype)
