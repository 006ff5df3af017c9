"""exercise: rotary_positions
belief: The position of an entry is its place in the array, so enumerate gives it.
"""

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def rotary_positions(x: Array, positions: NDArray[np.integer], base: float = 10000.0) -> Array:
    width = x.shape[3]
    y = np.empty_like(x)
    for t, p in enumerate(positions):
        for i in range(width // 2):
            angle = float(t) * base ** (-2 * i / width)
            c, s = math.cos(angle), math.sin(angle)
            even, odd = x[:, :, t, 2 * i], x[:, :, t, 2 * i + 1]
            y[:, :, t, 2 * i] = c * even - s * odd
            y[:, :, t, 2 * i + 1] = s * even + c * odd
    return y
