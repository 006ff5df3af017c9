"""exercise: autoencoder_backward
belief: With tied weights the decoder only borrows W; its gradient is the one that arrives at the encoder.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def logistic(z: Array) -> Array:
    """Return 1 / (1 + exp(-z)), without overflow, in the dtype of z."""
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


def autoencoder_backward(x, target, w, b, d, w2=None):
    N = len(x)
    tied = w2 is None
    back = w.T if tied else w2
    h = logistic(x @ w.T + b)
    y = logistic(h @ back.T + d)
    loss = 0.5 * np.sum((y - target) ** 2) / N

    dy = (y - target) / N
    do = dy * y * (1 - y)
    dback = do.T @ h
    dh = do @ back
    dz = dh * h * (1 - h)
    dw = dz.T @ x
    if tied:
        return float(loss), dw, dz.sum(0), do.sum(0), None
    return float(loss), dw, dz.sum(0), do.sum(0), dback
