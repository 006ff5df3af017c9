"""exercise: multi_head_backward
belief: The context reaches the output through the values; keys only make the weights, so they send nothing to the context.
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


def _attention_backward(
    q: Array, k: Array, v: Array, dout: Array, mask: NDArray[np.bool_] | None = None
) -> tuple[Array, Array, Array]:
    root = math.sqrt(q.shape[3])
    dq, dk, dv = np.zeros_like(q), np.zeros(k.shape, q.dtype), np.zeros(v.shape, q.dtype)
    for n in range(q.shape[0]):
        for h in range(q.shape[1]):
            for t in range(q.shape[2]):
                if mask is None:
                    seen = np.ones(k.shape[2], dtype=bool)
                else:
                    seen = mask[t]
                if not seen.any():
                    continue
                scores = k[n, h] @ q[n, h, t] / root
                p = np.zeros_like(scores)
                p[seen] = np.exp(scores[seen] - scores[seen].max())
                p /= p.sum()
                dv[n, h] += np.outer(p, dout[n, h, t])
                dp = v[n, h] @ dout[n, h, t]
                ds = p * (dp - np.sum(p * dp))
                dq[n, h, t] += ds @ k[n, h] / root
                dk[n, h] += np.outer(ds, q[n, h, t]) / root
    return dq, dk, dv


def multi_head_backward(
    x: Array,
    context: Array,
    wq: Array,
    wk: Array,
    wv: Array,
    wo: Array,
    heads: int,
    dout: Array,
    mask: NDArray[np.bool_] | None = None,
) -> tuple[Array, Array, Array, Array, Array, Array]:
    width = wq.shape[0] // heads
    groups = wk.shape[0] // width
    share = heads // groups
    dx, dcontext = np.zeros_like(x), np.zeros_like(context)
    dwq, dwk, dwv, dwo = (np.zeros_like(w) for w in (wq, wk, wv, wo))
    flat = dout.reshape(-1, dout.shape[2])
    for h in range(heads):
        g = h // share
        own, shared = slice(h * width, (h + 1) * width), slice(g * width, (g + 1) * width)
        q = (x @ wq[own].T)[:, None]
        k = (context @ wk[shared].T)[:, None]
        v = (context @ wv[shared].T)[:, None]
        head = _scaled_dot_product_attention(q, k, v, mask)
        dwo[:, own] = flat.T @ head.reshape(-1, width)
        dhead = (dout @ wo[:, own])[:, None]
        dq, dk, dv = (d[:, 0] for d in _attention_backward(q, k, v, dhead, mask))
        for n in range(x.shape[0]):
            dwq[own] += dq[n].T @ x[n]
            dwk[shared] += dk[n].T @ context[n]
            dwv[shared] += dv[n].T @ context[n]
        dx += dq @ wq[own]
        dcontext += dv @ wv[shared]
    return dx, dcontext, dwq, dwk, dwv, dwo
