"""exercise: transformer_block
belief: Both branches read the same normalized input x, and their results are added together, as in GPT-J.
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
    (gamma1, beta1, wq, wk, wv, wo, gamma2, beta2, w_in, b_in, w_out, b_out) = weights
    N, T, D = x.shape
    K = wq.shape[0] // heads
    group_size = heads // (wk.shape[0] // K)
    # --- attention ---
    z = layer_norm(x, gamma1, beta1)
    Q, KEY, VAL = z @ wq.T, z @ wk.T, z @ wv.T
    concat = np.zeros((N, T, heads * K), dtype=x.dtype)
    for n in range(N):
        for h in range(heads):
            g = h // group_size
            q = Q[n][:, h * K:(h + 1) * K]
            k = KEY[n][:, g * K:(g + 1) * K]
            v = VAL[n][:, g * K:(g + 1) * K]
            for t in range(T):
                allowed = [s for s in range(T) if mask is None or mask[t, s]]
                if not allowed:
                    continue
                score = k[allowed] @ q[t] / math.sqrt(K)
                e = np.exp(score - score.max())
                concat[n, t, h * K:(h + 1) * K] = (e / e.sum()) @ v[allowed]
    h1 = x + concat @ wo.T
    # --- feed forward ---
    z2 = layer_norm(x, gamma2, beta2)
    hidden = gelu(np.matmul(z2, w_in.T) + b_in)
    return h1 + np.matmul(hidden, w_out.T) + b_out
