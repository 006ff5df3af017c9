"""exercise: block_backward
belief: The gradient goes back through the attention branch and its layer norm, and what comes out there is the gradient of x.
"""

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def layer_norm(x: Array, gamma: Array, beta: Array) -> Array:
    """Normalize each position of x, of shape (N, T, D), over its features; epsilon is 1e-5."""
    axis = {"axis": 2, "keepdims": True}
    away = x - np.mean(x, **axis)
    spread = np.sqrt(np.square(away).mean(**axis) + x.dtype.type(1e-5))
    return gamma * (away / spread) + beta


def layer_norm_gradients(dy: Array, x: Array, gamma: Array) -> tuple[Array, Array, Array]:
    """Return the gradients of `layer_norm` with respect to x, gamma and beta."""
    hat = layer_norm(x, np.ones_like(gamma), np.zeros_like(gamma))
    down, axis = dy * gamma, {"axis": 2, "keepdims": True}
    spread = np.sqrt(np.square(x - np.mean(x, **axis)).mean(**axis) + x.dtype.type(1e-5))
    dx = (down - np.mean(down, **axis) - np.mean(down * hat, **axis) * hat) / spread
    return dx, np.einsum("ntd,ntd->d", dy, hat), np.einsum("ntd->d", dy)


def gelu(z: Array) -> Array:
    """Return z/2 (1 + tanh(c (z + 0.044715 z**3))) with c = sqrt(2/pi)."""
    inner = math.sqrt(2 / math.pi) * (z + 0.044715 * z * z * z)
    return 0.5 * z * (1 + np.tanh(inner))


def gelu_derivative(z: Array) -> Array:
    """Return the derivative of `gelu`."""
    t = np.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z * z * z))
    inner = math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * z * z)
    return 0.5 * (1 + t) + 0.5 * z * (1 - t * t) * inner


def block_backward(x, weights, heads, dy, mask=None):
    g1, be1, wq, wk, wv, wo, g2, be2, w1, b1, w2, b2 = weights
    N, T, D = x.shape
    K = wq.shape[0] // heads
    G = wk.shape[0] // K
    R = heads // G
    flat = lambda a: a.reshape(-1, a.shape[-1])
    split = lambda a, n: a.reshape(N, T, n, K).transpose(0, 2, 1, 3)
    join = lambda a: a.transpose(0, 2, 1, 3).reshape(N, T, -1)

    # forward, keeping everything
    a = layer_norm(x, g1, be1)
    q = split(a @ wq.T, heads)
    k = np.repeat(split(a @ wk.T, G), R, axis=1)
    v = np.repeat(split(a @ wv.T, G), R, axis=1)
    s = q @ k.swapaxes(2, 3) / math.sqrt(K)
    if mask is not None:
        s = np.where(mask, s, -np.inf)
    m = s.max(-1, keepdims=True)
    e = np.exp(s - np.where(np.isfinite(m), m, 0))
    z = e.sum(-1, keepdims=True)
    p = e / np.where(z > 0, z, 1)
    o = join(p @ v)
    h = x + o @ wo.T
    c = layer_norm(h, g2, be2)
    pre = c @ w1.T + b1
    act = gelu(pre)

    # backward: MLP
    db2 = dy.sum((0, 1))
    dw2 = flat(dy).T @ flat(act)
    dpre = dy @ w2 * gelu_derivative(pre)
    db1 = dpre.sum((0, 1))
    dw1 = flat(dpre).T @ flat(c)
    dh, dg2, dbe2 = layer_norm_gradients(dpre @ w1, h, g2)
    dh = dh + dy
    # backward: attention
    dwo = flat(dh).T @ flat(o)
    do = split(dh @ wo, heads)
    dp = do @ v.swapaxes(2, 3)
    ds = p * (dp - (p * dp).sum(-1, keepdims=True)) / math.sqrt(K)
    dq = join(ds @ k)
    dk = join((ds.swapaxes(2, 3) @ q).reshape(N, G, R, T, K).sum(2))
    dv = join((p.swapaxes(2, 3) @ do).reshape(N, G, R, T, K).sum(2))
    da = dq @ wq + dk @ wk + dv @ wv
    dx, dg1, dbe1 = layer_norm_gradients(da, x, g1)
    grads = (dg1, dbe1, flat(dq).T @ flat(a), flat(dk).T @ flat(a), flat(dv).T @ flat(a), dwo,
             dg2, dbe2, dw1, db1, dw2, db2)
    return dx, grads
