"""exercise: attention_backward
belief: The derivative of the softmax is p(1 - p), as with the sigmoid.
"""

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def attention_backward(
    q: Array, k: Array, v: Array, dout: Array, mask: NDArray[np.bool_] | None = None
) -> tuple[Array, Array, Array]:
    root = math.sqrt(q.shape[-1])
    scores = q @ k.swapaxes(-1, -2) / root
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    top = scores.max(axis=-1, keepdims=True)
    e = np.exp(scores - np.where(np.isneginf(top), 0, top))
    total = e.sum(axis=-1, keepdims=True)
    p = e / np.where(total == 0, 1, total)
    dv = p.swapaxes(-1, -2) @ dout
    dp = dout @ v.swapaxes(-1, -2)
    ds = p * (1 - p) * dp
    dq = ds @ k / root
    dk = ds.swapaxes(-1, -2) @ q / root
    return dq, dk, dv
