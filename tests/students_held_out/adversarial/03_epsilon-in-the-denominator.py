"""exercise: optimal_discriminator
belief: A small epsilon in the denominator takes care of 0/0.
"""

import numpy as np


def optimal_discriminator(p, q):
    d = p / (p + q + 1e-12).astype(p.dtype)
    xlogy = lambda x, y: np.where(x > 0, x * np.log(np.where(x > 0, y, 1)), 0)
    return d, float((xlogy(p, d) + xlogy(q, 1 - d)).sum())
