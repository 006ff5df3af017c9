"""exercise: rbm_energy
belief: The quadratic term has a factor of one half, as in Hopfield's energy.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def rbm_energy(x: Array, h: Array, w: Array, b: Array, d: Array) -> Array:
    return (-0.5 * np.sum((x @ w) * h, axis=1) - x @ b - h @ d).astype(x.dtype)
