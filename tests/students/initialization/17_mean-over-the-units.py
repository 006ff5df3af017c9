"""exercise: signal_by_depth
belief: The spread of a layer is the mean of its units' standard deviations over the batch.
"""

import numpy as np


def signal_by_depth(x, weights, activation):
    functions = {
        "linear": lambda z: z,
        "logistic": lambda z: 0.5 * (1 + np.tanh(0.5 * z)),
        "tanh": np.tanh,
        "relu": lambda z: np.maximum(z, 0),
    }
    f = functions[activation]
    h = x
    stds = np.zeros(len(weights), dtype=x.dtype)
    for l, W in enumerate(weights):
        h = f(h @ W.T)
        stds[l] = h.std(axis=0).mean()
    return stds
