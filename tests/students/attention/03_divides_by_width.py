"""exercise: scaled_dot_product_attention
belief: The scores have variance D, so they have to be divided by D.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def scaled_dot_product_attention(
    q: Array, k: Array, v: Array, mask: NDArray[np.bool_] | None = None
) -> Array:
    n_samples, n_heads, n_queries, width = q.shape
    out = np.zeros((n_samples, n_heads, n_queries, v.shape[3]), dtype=q.dtype)
    for n in range(n_samples):
        for h in range(n_heads):
            for t in range(n_queries):
                scores = k[n, h] @ q[n, h, t] / width
                if mask is None:
                    seen = np.ones(len(scores), dtype=bool)
                else:
                    seen = mask[t]
                if not seen.any():
                    continue
                e = np.exp(scores[seen] - scores[seen].max())
                out[n, h, t] = e @ v[n, h][seen] / e.sum()
    return out
