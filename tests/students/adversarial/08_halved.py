"""exercise: discriminator_loss
belief: The two means are averaged, as in the PyTorch tutorial's (real_loss + fake_loss) / 2.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def discriminator_loss(real: Array, fake: Array) -> tuple[float, Array, Array]:
    def softplus(s):
        return max(s, 0) + np.log1p(np.exp(-abs(s)))

    def sigmoid(s):
        if s >= 0:
            return 1 / (1 + np.exp(-s))
        return np.exp(s) / (1 + np.exp(s))

    dreal, dfake = np.zeros_like(real), np.zeros_like(fake)
    on_real, on_fake = 0.0, 0.0
    for n, s in enumerate(real):
        on_real += float(softplus(-s))
        dreal[n] = -sigmoid(-s) / len(real)
    for m, s in enumerate(fake):
        on_fake += float(softplus(s))
        dfake[m] = sigmoid(s) / len(fake)
    return (on_real / len(real) + on_fake / len(fake)) / 2, dreal / 2, dfake / 2
