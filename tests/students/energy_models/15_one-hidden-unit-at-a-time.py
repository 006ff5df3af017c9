"""exercise: rbm_free_energy
belief: The sum over hidden states is 1 + sum of exp(z_j): all off, or one of them on.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def rbm_free_energy(x: Array, w: Array, b: Array, d: Array) -> Array:
    z = x @ w + d
    return (-(x @ b) - np.logaddexp.reduce(np.pad(z, ((0, 0), (1, 0))), axis=1)).astype(x.dtype)
