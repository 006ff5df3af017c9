"""exercise: lenet5_parameters
belief: Pooling layers have no parameters.
teacher: Those of LeNet-5 do: a coefficient and a bias for each map.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def lenet5_parameters(
    table: Array, kernel: int = 5, units: tuple[int, int] = (120, 84)
) -> list[int]:
    S, F = np.shape(table)
    area = kernel**2
    reads = int(np.count_nonzero(table))
    return [
        S * (area + 1),
        0,
        reads * area + F,
        0,
        units[0] * (F * area + 1),
        units[1] * (units[0] + 1),
        0,
    ]
