"""exercise: squeeze_excite
belief: The summary of a channel is its mean over the batch and all pixels, as in batch norm.
teacher: Each image decides for itself: the mean is over its own pixels, axes 2 and 3.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def squeeze_excite(x: Array, w1: Array, b1: Array, w2: Array, b2: Array) -> tuple[Array, Array]:
    summary = np.tile(x.mean(axis=(0, 2, 3)), (len(x), 1))
    z = np.maximum(0, summary @ w1.T + b1) @ w2.T + b2
    e = np.exp(-np.abs(z))
    gates = (np.where(z >= 0, 1, e) / (1 + e)).astype(x.dtype)
    return x * gates[:, :, None, None], gates
