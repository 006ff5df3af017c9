"""exercise: lenet5_parameters
belief: Every map of C3 reads all maps of S2, as in any convolution.
teacher: The table says which ones are read: count its truth values, 60 instead of 96.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def lenet5_parameters(
    table: Array, kernel: int = 5, units: tuple[int, int] = (120, 84)
) -> list[int]:
    S, F = np.shape(table)
    area = kernel**2
    return [
        S * (area + 1),
        2 * S,
        S * F * area + F,
        2 * F,
        units[0] * (F * area + 1),
        units[1] * (units[0] + 1),
        0,
    ]
