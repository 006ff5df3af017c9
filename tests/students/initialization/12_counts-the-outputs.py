"""exercise: he_normal
belief: He's variance is 2 over the number of units of the layer itself, n_l.
"""

import numpy as np


def he_normal(shape, rng):
    kernel = int(np.prod(shape[2:])) if len(shape) > 2 else 1
    n_l = shape[0] * kernel
    return rng.standard_normal(size=shape) * np.sqrt(2.0 / n_l)
