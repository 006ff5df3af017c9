"""exercise: persistent_cd_update
belief: Both phases are divided by the batch size, since one gradient has one batch.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def logistic(z: Array) -> Array:
    """Return 1 / (1 + exp(-z)), without overflow, in the dtype of z."""
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


def persistent_cd_update(x, chain, w, b, d, u_h, u_x, lr):
    v = chain.astype(w.dtype)
    for uh, ux in zip(u_h, u_x):
        h = (uh < logistic(v @ w + d)).astype(w.dtype)
        v = (ux < logistic(h @ w.T + b)).astype(w.dtype)
    ph, ph_neg = logistic(x @ w + d), logistic(v @ w + d)
    N = len(x)
    M = N
    new_w = w + lr * (x.T @ ph / N - v.T @ ph_neg / M)
    new_b = b + lr * (x.sum(0) / N - v.sum(0) / M)
    new_d = d + lr * (ph.sum(0) / N - ph_neg.sum(0) / M)
    return new_w.astype(w.dtype), new_b.astype(w.dtype), new_d.astype(w.dtype), v
