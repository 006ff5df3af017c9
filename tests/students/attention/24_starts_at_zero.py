"""exercise: kv_cache_step
belief: The step gets a single position, so it stands at position 0.
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


def _rotary_positions(x: Array, positions: NDArray[np.integer], base: float = 10000.0) -> Array:
    D = x.shape[-1]
    theta = base ** (-np.arange(0, D, 2) / D)
    angle = np.asarray(positions)[:, None] * theta
    cos, sin = np.cos(angle).astype(x.dtype), np.sin(angle).astype(x.dtype)
    even, odd = x[..., 0::2], x[..., 1::2]
    y = np.empty_like(x)
    y[..., 0::2] = even * cos - odd * sin
    y[..., 1::2] = even * sin + odd * cos
    return y


def kv_cache_step(
    x: Array,
    keys: Array,
    values: Array,
    wq: Array,
    wk: Array,
    wv: Array,
    wo: Array,
    heads: int,
    base: float = 10000.0,
) -> tuple[Array, Array, Array]:
    N = x.shape[0]
    G, S, K = keys.shape[1:]
    position = np.arange(1)
    q = (x @ wq.T).reshape(N, heads, 1, K)
    k = (x @ wk.T).reshape(N, G, 1, K)
    v = (x @ wv.T).reshape(N, G, 1, K)
    q = _rotary_positions(q, position, base)
    k = _rotary_positions(k, position, base)
    keys = np.concatenate([keys, k], axis=2)
    values = np.concatenate([values, v], axis=2)
    share = heads // G
    out = _scaled_dot_product_attention(
        q, np.repeat(keys, share, axis=1), np.repeat(values, share, axis=1)
    )
    y = out.reshape(N, -1) @ wo.T
    return y, keys, values
