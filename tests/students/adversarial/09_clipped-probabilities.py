"""exercise: discriminator_loss
belief: Probabilities have to be clipped to 1e-7 and 1 - 1e-7 before the logarithm, as Keras does.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def discriminator_loss(real: Array, fake: Array) -> tuple[float, Array, Array]:
    def sigmoid(s):
        e = np.exp(-np.abs(s))
        return np.where(s >= 0, 1, e) / (1 + e)

    p_real = np.clip(sigmoid(real), 1e-7, 1 - 1e-7)
    p_fake = np.clip(sigmoid(fake), 1e-7, 1 - 1e-7)
    loss = -np.log(p_real).mean() - np.log(1 - p_fake).mean()
    return float(loss), -sigmoid(-real) / len(real), sigmoid(fake) / len(fake)
