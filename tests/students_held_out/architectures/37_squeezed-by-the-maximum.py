"""exercise: squeeze_excite
belief: The summary of a channel is its global maximum: how strongly its pattern is there at all.
teacher: The squeeze is the mean over all pixels; a maximum would listen to a single pixel.
"""

import numpy as np


def squeeze_excite(x, w1, b1, w2, b2):
    z = x.reshape(*x.shape[:2], -1).max(-1)
    h = np.einsum("nc,rc->nr", z, w1) + b1
    s = np.einsum("nr,cr->nc", h * (h > 0), w2) + b2
    gates = (0.5 * (1 + np.tanh(s / 2))).astype(x.dtype)
    return np.einsum("nchw,nc->nchw", x, gates), gates
