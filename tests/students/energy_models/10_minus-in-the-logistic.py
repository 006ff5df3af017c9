"""exercise: rbm_conditionals
belief: Energies come with a minus, so the probability of being on is logistic(-(W x + d)).
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def _logistic(z: Array) -> Array:
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


def rbm_conditionals(x: Array, h: Array, w: Array, b: Array, d: Array) -> tuple[Array, Array]:
    p_h = _logistic(-(x @ w + d))
    p_x = _logistic(-(h @ w.T + b))
    return p_h.astype(x.dtype), p_x.astype(x.dtype)
