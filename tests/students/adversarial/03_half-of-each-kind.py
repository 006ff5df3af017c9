"""exercise: optimal_discriminator
belief: Real things and fakes are shown half of the time each, so each sum has a factor of one half.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def optimal_discriminator(p: Array, q: Array) -> tuple[Array, float]:
    d = np.zeros_like(p)
    value = 0.0
    for k in range(len(p)):
        if p[k] + q[k] == 0:
            d[k] = 0.5
            continue
        d[k] = p[k] / (p[k] + q[k])
        if p[k] > 0:
            value += p[k] * np.log(p[k] / (p[k] + q[k]))
        if q[k] > 0:
            value += q[k] * np.log(q[k] / (p[k] + q[k]))
    return d, float(value / 2)
