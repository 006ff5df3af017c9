"""exercise: persistent_cd_update
belief: The draws of the first step serve for all k steps.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def logistic(z: Array) -> Array:
    """Return 1 / (1 + exp(-z)), without overflow, in the dtype of z."""
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


def persistent_cd_update(x, chain, w, b, d, u_h, u_x, lr):
    steps = len(u_h)
    for t in range(steps):
        i = 0
        hid = 1.0 * (u_h[i] < logistic(chain @ w + d))
        chain = (u_x[i] < logistic(hid.astype(w.dtype) @ w.T + b)).astype(w.dtype)
    stats = lambda v: (v.T @ logistic(v @ w + d) / len(v), v.mean(0), logistic(v @ w + d).mean(0))
    new = [
        (p + lr * (up - down)).astype(w.dtype)
        for p, up, down in zip((w, b, d), stats(x), stats(chain))
    ]
    return (*new, chain)
