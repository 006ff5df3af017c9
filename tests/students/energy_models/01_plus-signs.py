"""exercise: rbm_energy
belief: The energy is x W h + b x + d h: units that fit together have a high energy.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def rbm_energy(x: Array, h: Array, w: Array, b: Array, d: Array) -> Array:
    return (np.sum((x @ w) * h, axis=1) + x @ b + h @ d).astype(x.dtype)
