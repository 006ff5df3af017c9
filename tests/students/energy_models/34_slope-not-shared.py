"""exercise: sparse_penalty
belief: Each entry's gradient is that of its unit's mean activity.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def sparse_penalty(h: Array, rho: float = 0.05) -> tuple[float, Array]:
    count, units = h.shape
    penalty, dh = 0.0, np.zeros_like(h)
    for j in range(units):
        active = float(h[:, j].mean())
        penalty += rho * np.log(rho / active) + (1 - rho) * np.log((1 - rho) / (1 - active))
        slope = -rho / active + (1 - rho) / (1 - active)
        for n in range(count):
            dh[n, j] = slope
    return float(penalty), dh
