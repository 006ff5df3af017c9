"""exercise: lenet5_parameters
belief: Each window of C3 has a bias of its own.
teacher: A map has one bias, however many maps it reads.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def lenet5_parameters(
    table: Array, kernel: int = 5, units: tuple[int, int] = (120, 84)
) -> list[int]:
    small, large = len(table), len(table[0])
    windows = 0
    for s in range(small):
        for f in range(large):
            if table[s][f]:
                windows += 1
    c1 = small * (kernel * kernel + 1)
    s2 = 2 * small
    c3 = windows * (kernel * kernel + 1)
    s4 = 2 * large
    c5 = units[0] * (large * kernel * kernel + 1)
    f6 = units[1] * (units[0] + 1)
    return [c1, s2, c3, s4, c5, f6, 0]
