"""exercise: generator_loss
belief: Both losses want the same, higher scores, so they have the same gradient and differ in their values only.
"""

import numpy as np


def generator_loss(fake, saturating=False):
    softplus = np.logaddexp(0, fake)            # -log(1 - sigma)
    slope = -np.exp(-softplus)
    values = -softplus if saturating else softplus - fake
    return float(np.mean(values)), (slope / fake.size).astype(fake.dtype)
