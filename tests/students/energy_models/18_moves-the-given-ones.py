"""exercise: cd1_update
belief: w += is just a shorter way to write w = w + .
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
    dw, db, dd = np.zeros_like(w), np.zeros_like(b), np.zeros_like(d)
    for n in range(len(x)):
        p_h = _logistic(x[n] @ w + d)
        h = (u_h[n] < p_h).astype(w.dtype)
        p_x = _logistic(w @ h + b)
        x_new = (u_x[n] < p_x).astype(w.dtype)
        h_new = _logistic(x_new @ w + d)
        dw += np.outer(x[n], p_h) - np.outer(x_new, h_new)
        db += x[n] - x_new
        dd += p_h - h_new
    rate = lr / len(x)
    w += rate * dw
    b += rate * db
    d += rate * dd
    return w, b, d
