"""exercise: sample_weights
belief: The standard deviation is the bound of the uniform distribution.
"""

import numpy as np


def sample_weights(shape, rng, gain=1.0, mode="fan_in", distribution="normal"):
    area = int(np.prod(shape[2:]))
    fan_in, fan_out = shape[1] * area, shape[0] * area
    if mode == "fan_in":
        fan = fan_in
    elif mode == "fan_out":
        fan = fan_out
    else:
        fan = 0.5 * (fan_in + fan_out)
    bound = gain / np.sqrt(fan)
    if distribution == "normal":
        return rng.normal(0, bound, shape)
    return rng.uniform(-bound, bound, shape)
