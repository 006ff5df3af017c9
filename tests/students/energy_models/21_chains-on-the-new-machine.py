"""exercise: persistent_cd_update
belief: First the machine learns from the data, then the chains run on the machine as it is by then.
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
    p_h = _logistic(x @ w + d)
    w = w + lr * x.T @ p_h / len(x)
    b = b + lr * x.mean(axis=0)
    d = d + lr * p_h.mean(axis=0)
    for draw_h, draw_x in zip(u_h, u_x):
        h = (draw_h < _logistic(chain @ w + d)).astype(w.dtype)
        chain = (draw_x < _logistic(h @ w.T + b)).astype(w.dtype)
    dream = _logistic(chain @ w + d)
    w = w - lr * chain.T @ dream / len(chain)
    b = b - lr * chain.mean(axis=0)
    d = d - lr * dream.mean(axis=0)
    return w, b, d, chain
