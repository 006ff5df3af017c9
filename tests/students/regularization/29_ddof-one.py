"""exercise: mc_dropout
belief: A variance from samples divides by T - 1.
"""

import numpy as np


def mc_dropout(x, layers, u, p):
    (w1, b1), (w2, b2) = layers
    h = np.maximum(0, x @ w1.T + b1)
    outs = []
    for t in range(len(u)):
        outs.append(h * (u[t] >= p) / (1 - p) @ w2.T + b2)
    outs = np.array(outs)
    mean = outs.sum(axis=0) / len(outs)
    var = ((outs - mean) ** 2).sum(axis=0) / max(1, len(outs) - 1)
    return mean.astype(x.dtype), var.astype(x.dtype)
