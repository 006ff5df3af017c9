"""exercise: multi_head_attention
belief: With G groups, head h reads group h modulo G.
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
    width = wq.shape[0] // heads
    groups = wk.shape[0] // width
    found = []
    for h in range(heads):
        g = h % groups
        q = x @ wq[h * width : (h + 1) * width].T
        k = context @ wk[g * width : (g + 1) * width].T
        v = context @ wv[g * width : (g + 1) * width].T
        head = _scaled_dot_product_attention(q[:, None], k[:, None], v[:, None], mask)
        found.append(head[:, 0])
    return np.concatenate(found, axis=2) @ wo.T
