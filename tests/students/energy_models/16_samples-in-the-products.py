"""exercise: cd1_update
belief: The positive products hold the sampled h, because that is what drove the chain.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def _logistic(z: Array) -> Array:
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


def cd1_update(
    x: Array, w: Array, b: Array, d: Array, u_h: Array, u_x: Array, lr: float
) -> tuple[Array, Array, Array]:
    N = len(x)
    p_h = _logistic(x @ w + d)
    h = (u_h < p_h).astype(w.dtype)
    p_x = _logistic(h @ w.T + b)
    x1 = (u_x < p_x).astype(w.dtype)
    h1 = _logistic(x1 @ w + d)
    w = w + lr * (x.T @ h - x1.T @ h1) / N
    b = b + lr * (x - x1).mean(axis=0)
    d = d + lr * (h - h1).mean(axis=0)
    return w, b, d
