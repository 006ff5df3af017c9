"""exercise: cd1_update
belief: The reconstruction is the vector of probabilities of the visible units, as Hinton's guide allows.
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
    x1 = p_x
    h1 = _logistic(x1 @ w + d)
    w = w + lr * (x.T @ p_h - x1.T @ h1) / N
    b = b + lr * (x - x1).mean(axis=0)
    d = d + lr * (p_h - h1).mean(axis=0)
    return w, b, d
