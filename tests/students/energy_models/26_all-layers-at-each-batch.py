"""exercise: dbn_pretrain
belief: Each minibatch goes up through the whole stack and trains every machine on its way.
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
    N = len(x)
    p_h = _logistic(x @ w + d)
    h = (u_h < p_h).astype(w.dtype)
    p_x = _logistic(h @ w.T + b)
    x1 = (u_x < p_x).astype(w.dtype)
    h1 = _logistic(x1 @ w + d)
    w = w + lr * (x.T @ p_h - x1.T @ h1) / N
    b = b + lr * (x - x1).mean(axis=0)
    d = d + lr * (p_h - h1).mean(axis=0)
    return w, b, d


def dbn_pretrain(
    x: Array,
    layers: list[Rbm],
    batches: NDArray[np.integer],
    uniforms: list[tuple[Array, Array]],
    lr: float,
) -> tuple[list[Rbm], Array]:
    machines = list(layers)
    for s, rows in enumerate(batches):
        batch = x[rows]
        for level, (u_h, u_x) in enumerate(uniforms):
            machines[level] = _cd1_update(batch, *machines[level], u_h[s], u_x[s], lr)
            w, _, d = machines[level]
            batch = _logistic(batch @ w + d)
    top = x
    for w, _, d in machines:
        top = _logistic(top @ w + d)
    return machines, top
