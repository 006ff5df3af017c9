"""exercise: generator_loss
belief: Every loss is minus a mean logarithm, the minimax one as well.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def generator_loss(fake: Array, saturating: bool = False) -> tuple[float, Array]:
    e = np.exp(-np.abs(fake))
    p = np.where(fake >= 0, 1, e) / (1 + e)
    rest = np.where(fake >= 0, e, 1) / (1 + e)
    if saturating:
        return float(np.logaddexp(0, fake).mean()), p / len(fake)
    return float(np.logaddexp(0, -fake).mean()), -rest / len(fake)
