"""exercise: embed_backward
belief: Padding needs no care, since its gradient is zero anyway.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Numbers = NDArray[np.integer]


def embed_backward(numbers: Numbers, dy: Array, size: int) -> Array:
    flat = numbers.reshape(-1)
    gradient = np.zeros((size, dy.shape[2]), dtype=dy.dtype)
    np.add.at(gradient, flat, dy.reshape(len(flat), -1))
    return gradient
