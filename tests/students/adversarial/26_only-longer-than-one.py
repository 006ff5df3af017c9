"""exercise: gradient_penalty
belief: A gradient shorter than 1 is allowed, so only a longer one pays.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def gradient_penalty(
    w: Array, b: Array, v: Array, real: Array, fake: Array, u: Array
) -> tuple[float, Array, Array, Array]:
    N = len(real)
    x = u[:, None] * real + (1 - u[:, None]) * fake
    h = np.tanh(x @ w.T + b)
    s = 1 - h**2
    g = (s * v) @ w
    length = np.sqrt((g**2).sum(axis=1, keepdims=True))
    over = np.maximum(length - 1, 0)
    penalty = np.mean(over**2)
    dg = 2 / N * over * g / np.where(length > 0, length, 1)
    ds = dg @ w.T
    dz = -2 * h * s * v * ds
    dw = (s * v).T @ dg + dz.T @ x
    dtype = w.dtype
    return (
        float(penalty),
        dw.astype(dtype),
        dz.sum(axis=0).astype(dtype),
        (s * ds).sum(axis=0).astype(dtype),
    )
