"""exercise: sample_weights
belief: The bound of the uniform distribution is the standard deviation.
"""

import numpy as np


def sample_weights(shape, rng, gain=1.0, mode="fan_in", distribution="normal"):
    receptive = 1
    for k in shape[2:]:
        receptive *= k
    fan_in, fan_out = shape[1] * receptive, shape[0] * receptive
    if mode == "fan_in":
        fan = fan_in
    elif mode == "fan_out":
        fan = fan_out
    else:
        fan = 0.5 * (fan_in + fan_out)
    std = gain / np.sqrt(fan)
    if distribution == "normal":
        return std * rng.standard_normal(shape)
    return rng.uniform(low=-std, high=std, size=shape)
