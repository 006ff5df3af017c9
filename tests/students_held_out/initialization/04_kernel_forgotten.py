"""exercise: glorot_uniform
belief: Fan-in and fan-out are the first two entries of the shape, for convolutions too.
"""

import numpy as np


def glorot_uniform(shape, rng):
    fan_out, fan_in = shape[0], shape[1]
    limit = np.sqrt(6 / (fan_in + fan_out))
    w = rng.uniform(low=-limit, high=limit, size=shape)
    return w
