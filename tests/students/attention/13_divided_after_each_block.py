"""exercise: online_softmax
belief: out is the running average, so after each block it has to be divided by the total.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def online_softmax(
    top: Array, total: Array, out: Array, scores: Array, v: Array
) -> tuple[Array, Array, Array]:
    new_top = np.maximum(top, scores.max(axis=1))
    safe = np.where(np.isneginf(new_top), 0, new_top)
    factor = np.exp(top - safe)
    e = np.exp(scores - safe[:, None])
    new_total = factor * total + e.sum(axis=1)
    new_out = (factor[:, None] * out + e @ v) / np.where(new_total > 0, new_total, 1)[:, None]
    dtype = scores.dtype
    return new_top.astype(dtype), new_total.astype(dtype), new_out.astype(dtype)
