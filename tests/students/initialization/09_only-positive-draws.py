"""exercise: sample_weights
belief: rng.random times the bound is the uniform distribution with that bound.
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
    a = np.sqrt(3.0) * gain / np.sqrt(fan)
    if distribution == "uniform":
        return a * rng.random(shape)
    return a / np.sqrt(3.0) * rng.normal(size=shape)
