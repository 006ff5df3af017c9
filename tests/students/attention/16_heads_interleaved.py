"""exercise: multi_head_attention
belief: Reshaping the features to (K, H) and moving H to the front splits them into heads.
"""

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def _scaled_dot_product_attention(
    q: Array, k: Array, v: Array, mask: NDArray[np.bool_] | None = None
) -> Array:
    scores = q @ k.swapaxes(-1, -2) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    top = scores.max(axis=-1, keepdims=True)
    top = np.where(np.isneginf(top), 0, top)
    e = np.exp(scores - top)
    total = e.sum(axis=-1, keepdims=True)
    weights = e / np.where(total == 0, 1, total)
    return (weights @ v).astype(q.dtype)


def multi_head_attention(
    x: Array,
    context: Array,
    wq: Array,
    wk: Array,
    wv: Array,
    wo: Array,
    heads: int,
    mask: NDArray[np.bool_] | None = None,
) -> Array:
    K = wq.shape[0] // heads

    def split(z):
        return z.reshape(z.shape[0], z.shape[1], K, -1).transpose(0, 3, 1, 2)

    q, k, v = split(x @ wq.T), split(context @ wk.T), split(context @ wv.T)
    share = heads // k.shape[1]
    k = np.repeat(k, share, axis=1)
    v = np.repeat(v, share, axis=1)
    out = _scaled_dot_product_attention(q, k, v, mask)
    joined = out.transpose(0, 2, 3, 1).reshape(x.shape[0], x.shape[1], -1)
    return joined @ wo.T
