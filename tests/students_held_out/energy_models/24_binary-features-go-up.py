"""exercise: dbn_pretrain
belief: The next machine needs binary data, so the hidden units are switched on where their probability is above one half.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def logistic(z: Array) -> Array:
    """Return 1 / (1 + exp(-z)), without overflow, in the dtype of z."""
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


def dbn_pretrain(x, layers, batches, uniforms, lr):
    def cd1(v, w, b, d, uh, ux):
        ph = logistic(v @ w + d)
        h = (uh < ph).astype(w.dtype)
        vr = (ux < logistic(h @ w.T + b)).astype(w.dtype)
        pr = logistic(vr @ w + d)
        n = len(v)
        return (
            w + lr * (v.T @ ph - vr.T @ pr) / n,
            b + lr * (v - vr).mean(axis=0),
            d + lr * (ph - pr).mean(axis=0),
        )

    data, trained = x, []
    for (w, b, d), (u_h, u_x) in zip(layers, uniforms):
        for rows, uh, ux in zip(batches, u_h, u_x):
            w, b, d = cd1(data[rows], w, b, d, uh, ux)
        trained.append((w, b, d))
        top = logistic(data @ w + d)
        data = (top > 0.5).astype(x.dtype)
    return trained, top
