"""exercise: persistent_cd_update
belief: Both phases are divided by the number of images, as in CD-1.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def _logistic(z: Array) -> Array:
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


def persistent_cd_update(
    x: Array,
    chain: Array,
    w: Array,
    b: Array,
    d: Array,
    u_h: Array,
    u_x: Array,
    lr: float,
) -> tuple[Array, Array, Array, Array]:
    for draw_h, draw_x in zip(u_h, u_x):
        h = (draw_h < _logistic(chain @ w + d)).astype(w.dtype)
        chain = (draw_x < _logistic(h @ w.T + b)).astype(w.dtype)
    N = len(x)
    p_h = _logistic(x @ w + d)
    dream = _logistic(chain @ w + d)
    new_w = w + lr * (x.T @ p_h / N - chain.T @ dream / N)
    new_b = b + lr * ((x.sum(axis=0) - chain.sum(axis=0)) / N)
    new_d = d + lr * ((p_h.sum(axis=0) - dream.sum(axis=0)) / N)
    return new_w, new_b, new_d, chain
