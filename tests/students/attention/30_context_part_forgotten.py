"""exercise: block_backward
belief: The gradient with respect to x of the attention is the first thing multi_head_backward returns.
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
    scores = q @ k.swapaxes(-1, -2) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    top = scores.max(axis=-1, keepdims=True)
    top = np.where(np.isneginf(top), 0, top)
    e = np.exp(scores - top)
    total = e.sum(axis=-1, keepdims=True)
    weights = e / np.where(total == 0, 1, total)
    return (weights @ v).astype(q.dtype)


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
    K = wq.shape[0] // heads

    def split(z):
        return z.reshape(z.shape[0], z.shape[1], -1, K).transpose(0, 2, 1, 3)

    q, k, v = split(x @ wq.T), split(context @ wk.T), split(context @ wv.T)
    share = heads // k.shape[1]
    k = np.repeat(k, share, axis=1)
    v = np.repeat(v, share, axis=1)
    out = _scaled_dot_product_attention(q, k, v, mask)
    joined = out.transpose(0, 2, 1, 3).reshape(x.shape[0], x.shape[1], -1)
    return joined @ wo.T


def _attention_backward(
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
    ds = p * (dp - np.sum(p * dp, axis=-1, keepdims=True))
    dq = ds @ k / root
    dk = ds.swapaxes(-1, -2) @ q / root
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
    K = wq.shape[0] // heads

    def split(z):
        return z.reshape(z.shape[0], z.shape[1], -1, K).transpose(0, 2, 1, 3)

    def join(z):
        return z.transpose(0, 2, 1, 3).reshape(z.shape[0], z.shape[2], -1)

    q, k, v = split(x @ wq.T), split(context @ wk.T), split(context @ wv.T)
    groups = k.shape[1]
    share = heads // groups
    k_all, v_all = np.repeat(k, share, axis=1), np.repeat(v, share, axis=1)
    joined = join(_scaled_dot_product_attention(q, k_all, v_all, mask))

    dwo = np.einsum("nto,ntp->op", dout, joined)
    dheads = split(dout @ wo)
    dq, dk, dv = _attention_backward(q, k_all, v_all, dheads, mask)
    shape = (k.shape[0], groups, share, k.shape[2], K)
    dk = dk.reshape(shape).sum(axis=2)
    dv = dv.reshape(shape).sum(axis=2)
    dq, dk, dv = join(dq), join(dk), join(dv)
    dwq = np.einsum("ntp,ntd->pd", dq, x)
    dwk = np.einsum("nsr,nsc->rc", dk, context)
    dwv = np.einsum("nsr,nsc->rc", dv, context)
    return dq @ wq, dk @ wk + dv @ wv, dwq, dwk, dwv, dwo


def block_backward(
    x: Array,
    weights: tuple[Array, ...],
    heads: int,
    dy: Array,
    mask: NDArray[np.bool_] | None = None,
) -> tuple[Array, tuple[Array, ...]]:
    g1, be1, wq, wk, wv, wo, g2, be2, w1, b1, w2, b2 = weights
    n1 = _layer_norm(x, g1, be1)
    h = x + _multi_head_attention(n1, n1, wq, wk, wv, wo, heads, mask)
    n2 = _layer_norm(h, g2, be2)
    z = n2 @ w1.T + b1
    a = _gelu(z)
    db2 = dy.sum(axis=(0, 1))
    dw2 = np.einsum("ntd,ntf->df", dy, a)
    dz = (dy @ w2) * _gelu_derivative(z)
    db1 = dz.sum(axis=(0, 1))
    dw1 = np.einsum("ntf,ntd->fd", dz, n2)
    dbranch, dg2, dbe2 = _layer_norm_gradients(dz @ w1, h, g2)
    dh = dy + dbranch
    dq_side, dkv_side, dwq, dwk, dwv, dwo = _multi_head_backward(
        n1, n1, wq, wk, wv, wo, heads, dh, mask
    )
    dbranch, dg1, dbe1 = _layer_norm_gradients(dq_side, x, g1)
    dx = dh + dbranch
    return dx, (dg1, dbe1, dwq, dwk, dwv, dwo, dg2, dbe2, dw1, db1, dw2, db2)
