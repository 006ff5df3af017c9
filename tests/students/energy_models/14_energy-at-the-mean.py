"""exercise: rbm_free_energy
belief: The free energy is the energy with the hidden units at their probabilities.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def _logistic(z: Array) -> Array:
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


def rbm_free_energy(x: Array, w: Array, b: Array, d: Array) -> Array:
    free = np.zeros(len(x), dtype=x.dtype)
    for n in range(len(x)):
        total = -float(b @ x[n])
        for j in range(len(d)):
            z = float(d[j] + x[n] @ w[:, j])
            total -= z * float(_logistic(np.array(z)))
        free[n] = total
    return free
