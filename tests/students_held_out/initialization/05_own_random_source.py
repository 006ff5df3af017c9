"""exercise: sample_weights
belief: Any random generator will do, np.random.randn draws the same kind of numbers as rng.
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
    if distribution == "normal":
        return np.random.randn(*shape) * gain / np.sqrt(fan)
    return (2 * np.random.rand(*shape) - 1) * gain * np.sqrt(3 / fan)
