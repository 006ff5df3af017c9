"""exercise: js_and_earth_mover
belief: The cost is the mass that has to move, times the width of a bin.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def js_and_earth_mover(p: Array, q: Array, width: float) -> tuple[float, float]:
    js = 0.0
    for a, b in zip(p, q):
        m = (a + b) / 2
        if a > 0:
            js += 0.5 * a * np.log(a / m)
        if b > 0:
            js += 0.5 * b * np.log(b / m)
    distance = 0.0
    for a, b in zip(p, q):
        distance += max(a - b, 0) * width
    return float(js), float(distance)
