"""exercise: squash
belief: Sigmoid prime is a(1-a), tanh prime is 1-a^2, computed from a.
"""

import numpy as np


def squash(z, kind):
    if kind == "sigmoid":
        a = np.where(
            z >= 0, 1 / (1 + np.exp(-np.abs(z))), np.exp(-np.abs(z)) / (1 + np.exp(-np.abs(z)))
        )
        return a, a * (1 - a)
    a = np.tanh(z)
    return a, 1 - a * a
