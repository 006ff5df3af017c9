"""exercise: mc_dropout
belief: Averaging the passes is the same as one pass with the averaged hidden activations, and
the variance is that of the hidden units.
"""

import numpy as np


def mc_dropout(x, layers, u, p):
    (w1, b1), (w2, b2) = layers
    h = np.maximum(0, x @ w1.T + b1)
    dropped = h[None] * (u >= p) / (1 - p)
    mean = dropped.mean(axis=0) @ w2.T + b2
    variance = dropped.var(axis=0) @ (w2 ** 2).T
    return mean.astype(x.dtype), variance.astype(x.dtype)
