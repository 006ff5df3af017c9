"""exercise: dead_fraction
belief: A unit whose sum is exactly 0 fires.
"""

import numpy as np


def dead_fraction(x, w, b):
    n_units = w.shape[0]
    dead, straight = 0, 0
    for k in range(n_units):
        z = x @ w[k] + b[k]
        if np.max(z) < 0:
            dead += 1
        elif np.min(z) >= 0:
            straight += 1
    return dead / n_units, straight / n_units
