"""exercise: transformer_block
belief: The second branch is added to what it read, the normalized copy of h.
"""

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def _layer_norm(x: Array, gamma: Array, beta: Array) -> Array:
    axis = {"axis": 2, "keepdims": True}
    away = x - np.mean(x, **axis)
    spread = np.sqrt(np.square(away).mean(**axis) + x.dtype.type(1e-5))
    return gamma * (away / spread) + beta


def _gelu(z: Array) -> Array:
    inner = math.sqrt(2 / math.pi) * (z + 0.044715 * z * z * z)
    return 0.5 * z * (1 + np.tanh(inner))


def _scaled_dot_product_attention(
    q: Array, k: Array, v: Array, mask: NDArray[np.bool_] | None = None
) -> Array:
    n_samples, n_heads, n_queries, width = q.shape
    out = np.zeros((n_samples, n_heads, n_queries, v.shape[3]), dtype=q.dtype)
    for n in range(n_samples):
        for h in range(n_heads):
            for t in range(n_queries):
                scores = k[n, h] @ q[n, h, t] / math.sqrt(width)
                if mask is None:
                    seen = np.ones(len(scores), dtype=bool)
                else:
                    seen = mask[t]
                if not seen.any():
                    continue
                e = np.exp(scores[seen] - scores[seen].max())
                out[n, h, t] = e @ v[n, h][seen] / e.sum()
    return out


def _multi_head_attention(
    x: Array,
    context: Array,
    wq: Array,
    wk: Array,
    wv: Array,
    wo: Array,
    heads: int,
    mask: NDArray[np.bool_] | None = None,
) -> Array:
    width = wq.shape[0] // heads
    groups = wk.shape[0] // width
    share = heads // groups
    found = []
    for h in range(heads):
        g = h // share
        q = x @ wq[h * width : (h + 1) * width].T
        k = context @ wk[g * width : (g + 1) * width].T
        v = context @ wv[g * width : (g + 1) * width].T
        head = _scaled_dot_product_attention(q[:, None], k[:, None], v[:, None], mask)
        found.append(head[:, 0])
    return np.concatenate(found, axis=2) @ wo.T


def transformer_block(
    x: Array, weights: tuple[Array, ...], heads: int, mask: NDArray[np.bool_] | None = None
) -> Array:
    gamma1, beta1, wq, wk, wv, wo, gamma2, beta2, w1, b1, w2, b2 = weights
    normed = _layer_norm(x, gamma1, beta1)
    h = x + _multi_head_attention(normed, normed, wq, wk, wv, wo, heads, mask)
    y = np.empty_like(h)
    again = _layer_norm(h, gamma2, beta2)
    for n in range(x.shape[0]):
        for t in range(x.shape[1]):
            y[n, t] = again[n, t] + w2 @ _gelu(w1 @ again[n, t] + b1) + b2
    return y
