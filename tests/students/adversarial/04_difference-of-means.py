"""exercise: js_and_earth_mover
belief: The sand travels from the mean of p to the mean of q.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def js_and_earth_mover(p: Array, q: Array, width: float) -> tuple[float, float]:
    m = (p + q) / 2

    def kl(a):
        some = a > 0
        return np.sum(a[some] * np.log(a[some] / m[some]))

    distance = width * abs(np.sum(np.arange(len(p)) * (p - q)))
    return float(kl(p) / 2 + kl(q) / 2), float(distance)
