"""exercise: mc_dropout
belief: The spread to be returned is the sample's standard deviation over the passes.
"""

import numpy as np


def mc_dropout(x, layers, u, p):
    (w1, b1), (w2, b2) = layers
    hidden = np.maximum(np.einsum("nd,hd->nh", x, w1) + b1, 0)
    masks = (u >= p).astype(x.dtype) / (1 - p)
    ys = np.einsum("tnh,kh->tnk", hidden * masks, w2) + b2
    mean = ys.mean(axis=0)
    spread = ys.std(axis=0)
    return mean.astype(x.dtype), spread.astype(x.dtype)
