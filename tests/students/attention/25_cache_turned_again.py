"""exercise: kv_cache_step
belief: Before attending, all keys have to be turned by their positions, those from the cache too.
"""

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


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


def _rotary_positions(x: Array, positions: NDArray[np.integer], base: float = 10000.0) -> Array:
    width = x.shape[3]
    y = np.empty_like(x)
    for t, p in enumerate(positions):
        for i in range(width // 2):
            angle = float(p) * base ** (-2 * i / width)
            c, s = math.cos(angle), math.sin(angle)
            even, odd = x[:, :, t, 2 * i], x[:, :, t, 2 * i + 1]
            y[:, :, t, 2 * i] = c * even - s * odd
            y[:, :, t, 2 * i + 1] = s * even + c * odd
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
    width = wq.shape[0] // heads
    samples, groups, before, _ = keys.shape
    share = heads // groups
    here = np.array([before])
    all_keys, all_values = [], []
    for g in range(groups):
        rows = slice(g * width, (g + 1) * width)
        k = (x @ wk[rows].T)[:, None, None, :]
        v = (x @ wv[rows].T)[:, None, None, :]
        both = np.concatenate([keys[:, g : g + 1], k], axis=2)
        all_keys.append(_rotary_positions(both, np.arange(before + 1), base))
        all_values.append(np.concatenate([values[:, g : g + 1], v], axis=2))
    found = []
    for h in range(heads):
        q = (x @ wq[h * width : (h + 1) * width].T)[:, None, None, :]
        q = _rotary_positions(q, here, base)
        head = _scaled_dot_product_attention(q, all_keys[h // share], all_values[h // share])
        found.append(head[:, 0, 0])
    y = np.concatenate(found, axis=1) @ wo.T
    return y, np.concatenate(all_keys, axis=1), np.concatenate(all_values, axis=1)
