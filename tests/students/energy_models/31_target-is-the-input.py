"""exercise: autoencoder_backward
belief: An autoencoder reconstructs what went in, so the error is y - x.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def _logistic(z: Array) -> Array:
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


def autoencoder_backward(
    x: Array, target: Array, w: Array, b: Array, d: Array, w2: Array | None = None
) -> tuple[float, Array, Array, Array, Array | None]:
    tied = w2 is None
    back = w.T if tied else w2
    dw, db, dd, dback = (np.zeros_like(part) for part in (w, b, d, back))
    loss, count = 0.0, len(x)
    for n in range(count):
        h = _logistic(w @ x[n] + b)
        y = _logistic(back @ h + d)
        gap = y - x[n]
        loss += 0.5 * float(gap @ gap) / count
        dy = gap * y * (1 - y) / count
        dh = (back.T @ dy) * h * (1 - h)
        dback += np.outer(dy, h)
        dd += dy
        dw += np.outer(dh, x[n])
        db += dh
    if tied:
        return loss, dw + dback.T, db, dd, None
    return loss, dw, db, dd, dback
