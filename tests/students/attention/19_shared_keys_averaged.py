"""exercise: multi_head_backward
belief: A key read by several heads gets the mean of their gradients.
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
    dk = dk.reshape(shape).mean(axis=2)
    dv = dv.reshape(shape).mean(axis=2)
    dq, dk, dv = join(dq), join(dk), join(dv)
    dwq = np.einsum("ntp,ntd->pd", dq, x)
    dwk = np.einsum("nsr,nsc->rc", dk, context)
    dwv = np.einsum("nsr,nsc->rc", dv, context)
    return dq @ wq, dk @ wk + dv @ wv, dwq, dwk, dwv, dwo
