"""exercise: multi_head_attention
belief: D in the root is the width of the model, so each head divides by the root of P.
"""

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


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
    P = wq.shape[0]
    K = P // heads
    G = wk.shape[0] // K
    N, T, S = x.shape[0], x.shape[1], context.shape[1]
    q = (x @ wq.T).reshape(N, T, heads, K)
    k = (context @ wk.T).reshape(N, S, G, K).repeat(heads // G, axis=2)
    v = (context @ wv.T).reshape(N, S, G, K).repeat(heads // G, axis=2)
    s = np.einsum("nthk,nshk->nhts", q, k) / math.sqrt(P)
    if mask is not None:
        s = np.where(mask[None, None], s, -np.inf)
    top = s.max(axis=3, keepdims=True)
    e = np.exp(s - np.where(np.isfinite(top), top, 0))
    total = e.sum(axis=3, keepdims=True)
    a = e / np.where(total > 0, total, 1)
    y = np.einsum("nhts,nshk->nthk", a, v).reshape(N, T, P)
    return y @ wo.T
