"""exercise: mc_dropout
belief: The mean of the passes is what the net says without dropout.
"""

import numpy as np


def mc_dropout(x, layers, u, p):
    (w1, b1), (w2, b2) = layers
    h = np.maximum(0, x @ w1.T + b1)
    outs = np.stack([h * (ut >= p) / (1 - p) @ w2.T + b2 for ut in u]).astype(x.dtype)
    return h @ w2.T + b2, outs.var(axis=0)
