"""exercise: mc_dropout
belief: The mask is applied to the weighted sums of the hidden units, before bias and ReLU.
"""

import numpy as np


def mc_dropout(x, layers, u, p):
    w1, b1 = layers[0]
    w2, b2 = layers[1]
    outs = []
    for t in range(u.shape[0]):
        keep = (u[t] >= p) / (1 - p)
        z = (x @ w1.T) * keep + b1
        h = np.maximum(z, 0)
        outs.append(h @ w2.T + b2)
    outs = np.stack(outs)
    return outs.mean(0).astype(x.dtype), outs.var(0).astype(x.dtype)
