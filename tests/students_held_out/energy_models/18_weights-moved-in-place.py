"""exercise: cd1_update
belief: w += ... is the same as w = w + ..., only shorter and without a copy.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def logistic(z: Array) -> Array:
    """Return 1 / (1 + exp(-z)), without overflow, in the dtype of z."""
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


def cd1_update(x, w, b, d, u_h, u_x, lr):
    ph = logistic(x @ w + d)
    h = u_h < ph
    recon = (u_x < logistic(h @ w.T + b)).astype(w.dtype)
    ph_recon = logistic(recon @ w + d)
    eta = lr / len(x)
    w += (eta * (x.T @ ph - recon.T @ ph_recon)).astype(w.dtype)
    b += (eta * (x - recon).sum(0)).astype(w.dtype)
    d += (eta * (ph - ph_recon).sum(0)).astype(w.dtype)
    return w, b, d
