"""exercise: glorot_uniform
belief: The bound of the uniform distribution is Glorot's standard deviation.
"""

import numpy as np


def glorot_uniform(shape, rng):
    receptive = 1
    for k in shape[2:]:
        receptive *= k
    fan_in, fan_out = shape[1] * receptive, shape[0] * receptive
    std = np.sqrt(2.0 / (fan_in + fan_out))
    return rng.uniform(low=-std, high=std, size=shape)
