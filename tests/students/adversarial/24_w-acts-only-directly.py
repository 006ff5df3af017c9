"""exercise: gradient_penalty
belief: W enters g as the factor on the right; the slopes of tanh are constants.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def gradient_penalty(
    w: Array, b: Array, v: Array, real: Array, fake: Array, u: Array
) -> tuple[float, Array, Array, Array]:
    dw, db, dv = np.zeros_like(w), np.zeros_like(b), np.zeros_like(v)
    penalty, count = 0.0, len(real)
    for n in range(count):
        place = u[n] * real[n] + (1 - u[n]) * fake[n]
        h = np.tanh(w @ place + b)
        slope = 1 - h**2
        g = w.T @ (v * slope)
        length = np.sqrt(np.sum(g**2))
        penalty += float(length - 1) ** 2 / count
        if length == 0:
            continue
        dg = 2 * (length - 1) * g / length / count
        back = w @ dg
        dv += slope * back
        dz = v * back * (-2 * h * slope)
        dw += np.outer(v * slope, dg)
        db += dz
    return penalty, dw, db, dv
