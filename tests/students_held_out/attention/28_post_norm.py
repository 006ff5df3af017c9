"""exercise: transformer_block
belief: Normalization comes after the addition: x = LN(x + f(x)), as in Attention is all you need.
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


def gelu(z: Array) -> Array:
    """Return z/2 (1 + tanh(c (z + 0.044715 z**3))) with c = sqrt(2/pi)."""
    inner = math.sqrt(2 / math.pi) * (z + 0.044715 * z * z * z)
    return 0.5 * z * (1 + np.tanh(inner))


def transformer_block(x, weights, heads, mask=None):
    g1, b1, wq, wk, wv, wo, g2, b2, w1, c1, w2, c2 = weights

    def attend(a):
        n, t, _ = a.shape
        width = wq.shape[0] // heads
        q = (a @ wq.T).reshape(n, t, heads, width).swapaxes(1, 2)
        k = (a @ wk.T).reshape(n, t, -1, width).swapaxes(1, 2)
        v = (a @ wv.T).reshape(n, t, -1, width).swapaxes(1, 2)
        k = k.repeat(heads // k.shape[1], axis=1)
        v = v.repeat(heads // v.shape[1], axis=1)
        s = q @ k.swapaxes(2, 3) / math.sqrt(width)
        if mask is not None:
            s = np.where(mask, s, -np.inf)
        m = s.max(-1, keepdims=True)
        s = np.exp(s - np.where(np.isfinite(m), m, 0))
        z = s.sum(-1, keepdims=True)
        s = s / np.where(z > 0, z, 1)
        return (s @ v).swapaxes(1, 2).reshape(n, t, -1) @ wo.T

    def mlp(a):
        return gelu(a @ w1.T + c1) @ w2.T + c2

    x = layer_norm(x + attend(x), g1, b1)
    x = layer_norm(x + mlp(x), g2, b2)
    return x
