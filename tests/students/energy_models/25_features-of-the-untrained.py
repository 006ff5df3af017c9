"""exercise: dbn_pretrain
belief: The features that go up are those of the machines that were handed in.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Rbm = tuple[Array, Array, Array]


def _logistic(z: Array) -> Array:
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


def _cd1_update(
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
    return w + rate * dw, b + rate * db, d + rate * dd


def dbn_pretrain(
    x: Array,
    layers: list[Rbm],
    batches: NDArray[np.integer],
    uniforms: list[tuple[Array, Array]],
    lr: float,
) -> tuple[list[Rbm], Array]:
    trained, data = [], x
    for (w, b, d), (u_h, u_x) in zip(layers, uniforms):
        features = _logistic(data @ w + d)
        for s in range(len(batches)):
            w, b, d = _cd1_update(data[batches[s]], w, b, d, u_h[s], u_x[s], lr)
        trained.append((w, b, d))
        data = features
    return trained, data
