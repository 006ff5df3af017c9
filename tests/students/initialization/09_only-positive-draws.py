"""exercise: glorot_uniform
belief: rng.random times the bound is the uniform distribution with that bound.
"""

import numpy as np


def glorot_uniform(shape, rng):
    fan_out, fan_in = shape[0], shape[1]
    if len(shape) > 2:
        field = int(np.prod(shape[2:]))
        fan_in *= field
        fan_out *= field
    a = np.sqrt(6.0 / (fan_in + fan_out))
    return a * rng.random(shape)
