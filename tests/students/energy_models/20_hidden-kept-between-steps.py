"""exercise: persistent_cd_update
belief: The chain's last sampled h belongs to its last visible state, so it is the hidden part of the second phase.
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
    state = np.array(chain, dtype=w.dtype)
    last = np.zeros((len(state), len(d)), w.dtype)
    for step in range(len(u_h)):
        for m in range(len(state)):
            h = (u_h[step, m] < _logistic(state[m] @ w + d)).astype(w.dtype)
            last[m] = h
            state[m] = u_x[step, m] < _logistic(w @ h + b)
    dw, db, dd = np.zeros_like(w), np.zeros_like(b), np.zeros_like(d)
    for image in x:
        p_h = _logistic(image @ w + d)
        dw += np.outer(image, p_h) / len(x)
        db += image / len(x)
        dd += p_h / len(x)
    for dream, p_h in zip(state, last):
        dw -= np.outer(dream, p_h) / len(state)
        db -= dream / len(state)
        dd -= p_h / len(state)
    return w + lr * dw, b + lr * db, d + lr * dd, state
