"""exercise: rbm_free_energy
belief: log(1 + exp(z)) is a short formula that can be written as it stands.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def rbm_free_energy(x: Array, w: Array, b: Array, d: Array) -> Array:
    z = x @ w + d
    return (-(x @ b) - np.log(1 + np.exp(z)).sum(axis=1)).astype(x.dtype)
