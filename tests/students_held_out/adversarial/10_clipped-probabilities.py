"""exercise: generator_loss
belief: As in Keras, probabilities are clipped to between 1e-7 and 1 - 1e-7 before the logarithm.
"""

import math

import numpy as np


def generator_loss(fake, saturating=False):
    total = 0.0
    gradient = np.empty(fake.shape, dtype=fake.dtype)
    for i, f in enumerate(fake.tolist()):
        p = 1 / (1 + math.exp(-f)) if f >= 0 else math.exp(f) / (1 + math.exp(f))
        clipped = min(max(p, 1e-7), 1 - 1e-7)
        log_p = math.log(clipped)
        log_not_p = math.log(1 - clipped)
        if saturating:
            total += log_not_p
            gradient[i] = -p / len(fake)
        else:
            total -= log_p
            q = 1 / (1 + math.exp(f)) if f < 0 else math.exp(-f) / (1 + math.exp(-f))
            gradient[i] = -q / len(fake)
    return total / len(fake), gradient
