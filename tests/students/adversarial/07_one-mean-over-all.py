"""exercise: discriminator_loss
belief: The loss is the binary cross-entropy of one batch with real and fake samples: a mean over all N + M.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def discriminator_loss(real: Array, fake: Array) -> tuple[float, Array, Array]:
    def sigmoid(s):
        e = np.exp(-np.abs(s))
        return np.where(s >= 0, 1, e) / (1 + e)

    total = len(real) + len(fake)
    loss = (np.logaddexp(0, -real).sum() + np.logaddexp(0, fake).sum()) / total
    return float(loss), -sigmoid(-real) / total, sigmoid(fake) / total
