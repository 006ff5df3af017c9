"""exercise: he_normal
belief: Any random generator will do, np.random.randn draws the same kind of numbers as rng.
"""

import numpy as np


def he_normal(shape, rng):
    fan_in = np.prod(shape[1:])
    W = np.random.randn(*shape) * np.sqrt(2.0 / fan_in)
    return W
