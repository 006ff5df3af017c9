"""exercise: sample_weights
belief: The second argument of rng.normal is the variance.
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
    variance = gain**2 / fan
    if distribution == "uniform":
        limit = np.sqrt(3 * variance)
        return rng.uniform(-limit, limit, size=shape)
    return rng.normal(0.0, variance, size=shape)
