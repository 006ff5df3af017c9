"""exercise: block_backward
belief: The derivative of gelu is taken at the activation a, as with tanh or the sigmoid, whose slope one gets from the output.
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


def _layer_norm_gradients(dy: Array, x: Array, gamma: Array) -> tuple[Array, Array, Array]:
    hat = _layer_norm(x, np.ones_like(gamma), np.zeros_like(gamma))
    down, axis = dy * gamma, {"axis": 2, "keepdims": True}
    spread = np.sqrt(np.square(x - np.mean(x, **axis)).mean(**axis) + x.dtype.type(1e-5))
    dx = (down - np.mean(down, **axis) - np.mean(down * hat, **axis) * hat) / spread
    return dx, np.einsum("ntd,ntd->d", dy, hat), np.einsum("ntd->d", dy)


def _gelu(z: Array) -> Array:
    inner = math.sqrt(2 / math.pi) * (z + 0.044715 * z * z * z)
    return 0.5 * z * (1 + np.tanh(inner))


def _gelu_derivative(z: Array) -> Array:
    t = np.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z * z * z))
    inner = math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * z * z)
    return 0.5 * (1 + t) + 0.5 * z * (1 - t * t) * inner


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


def _multi_head_backward(
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
        dcontext += dk @ wk[shared] + dv @ wv[shared]
    return dx, dcontext, dwq, dwk, dwv, dwo


def block_backward(
    x: Array,
    weights: tuple[Array, ...],
    heads: int,
    dy: Array,
    mask: NDArray[np.bool_] | None = None,
) -> tuple[Array, tuple[Array, ...]]:
    gamma1, beta1, wq, wk, wv, wo, gamma2, beta2, w1, b1, w2, b2 = weights
    normed1 = _layer_norm(x, gamma1, beta1)
    h = x + _multi_head_attention(normed1, normed1, wq, wk, wv, wo, heads, mask)
    normed2 = _layer_norm(h, gamma2, beta2)
    dw1, db1, dw2, db2 = (np.zeros_like(w) for w in (w1, b1, w2, b2))
    dnormed2 = np.zeros_like(x)
    for n in range(x.shape[0]):
        for t in range(x.shape[1]):
            z = w1 @ normed2[n, t] + b1
            a = _gelu(z)
            dw2 += np.outer(dy[n, t], a)
            db2 += dy[n, t]
            dz = (dy[n, t] @ w2) * _gelu_derivative(a)
            dw1 += np.outer(dz, normed2[n, t])
            db1 += dz
            dnormed2[n, t] = dz @ w1
    dh, dgamma2, dbeta2 = _layer_norm_gradients(dnormed2, h, gamma2)
    dh = dh + dy
    dasking, dasked, dwq, dwk, dwv, dwo = _multi_head_backward(
        normed1, normed1, wq, wk, wv, wo, heads, dh, mask
    )
    dx, dgamma1, dbeta1 = _layer_norm_gradients(dasking + dasked, x, gamma1)
    dx = dx + dh
    return dx, (dgamma1, dbeta1, dwq, dwk, dwv, dwo, dgamma2, dbeta2, dw1, db1, dw2, db2)
