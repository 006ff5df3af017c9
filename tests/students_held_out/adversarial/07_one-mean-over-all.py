"""exercise: discriminator_loss
belief: Real and fake scores are one batch with labels 1 and 0, and the loss is the binary cross-entropy's mean over all.
"""

import numpy as np


def discriminator_loss(real, fake):
    # BCEWithLogitsLoss: max(x, 0) - x * y + log(1 + exp(-|x|))
    def bce(x, y):
        return np.maximum(x, 0) - x * y + np.log1p(np.exp(-np.abs(x)))

    def sigmoid(x):
        e = np.exp(-np.abs(x))
        return np.where(x >= 0, 1, e) / (1 + e)

    n, m = len(real) + len(fake), len(real) + len(fake)
    loss = bce(real, 1).sum() / n + bce(fake, 0).sum() / m
    dreal = (-sigmoid(-real) / n).astype(real.dtype)
    dfake = (sigmoid(fake) / m).astype(fake.dtype)
    return float(loss), dreal, dfake
