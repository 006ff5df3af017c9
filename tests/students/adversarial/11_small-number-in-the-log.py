"""exercise: generator_loss
belief: Adding 1e-12 inside the logarithm makes it safe for all scores.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def generator_loss(fake: Array, saturating: bool = False) -> tuple[float, Array]:
    sign = 1 if saturating else -1
    z = sign * fake
    e = np.exp(-np.abs(z))
    rest = np.where(z >= 0, e, 1) / (1 + e)
    loss = sign * np.log(rest + 1e-12).mean()
    return float(loss), -np.where(z >= 0, 1, e) / (1 + e) / len(fake)
