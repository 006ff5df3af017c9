"""exercise: he_uniform
belief: The standard deviation sqrt(2 / fan_in) is the bound of the uniform distribution.
"""

import numpy as np


def he_uniform(shape, rng):
    fan_in = 1
    for s in shape[1:]:
        fan_in *= s
    bound = np.sqrt(2 / fan_in)
    return rng.uniform(-bound, bound, shape)
