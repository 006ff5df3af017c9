"""exercise: rbm_conditionals
belief: The difference between on and off is twice the field, so it is logistic(2 z).
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def _logistic(z: Array) -> Array:
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


def rbm_conditionals(x: Array, h: Array, w: Array, b: Array, d: Array) -> tuple[Array, Array]:
    p_h = np.zeros((len(x), len(d)), dtype=x.dtype)
    p_x = np.zeros((len(x), len(b)), dtype=x.dtype)
    for n in range(len(x)):
        for j in range(len(d)):
            p_h[n, j] = _logistic(2 * (d[j] + x[n] @ w[:, j]))
        for i in range(len(b)):
            p_x[n, i] = _logistic(2 * (b[i] + w[i] @ h[n]))
    return p_h, p_x
