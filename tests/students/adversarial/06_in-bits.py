"""exercise: js_and_earth_mover
belief: The Jensen-Shannon divergence lies between 0 and 1, so the logarithm has base 2.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def js_and_earth_mover(p: Array, q: Array, width: float) -> tuple[float, float]:
    m = (p + q) / 2

    def kl(a):
        some = a > 0
        return np.sum(a[some] * np.log2(a[some] / m[some]))

    distance = width * np.abs(np.cumsum(p - q)).sum()
    return float(kl(p) / 2 + kl(q) / 2), float(distance)
