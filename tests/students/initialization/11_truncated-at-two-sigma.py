"""exercise: sample_weights
belief: As in Keras, draws beyond two standard deviations are drawn again.
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
    stddev = gain * np.sqrt(1.0 / fan)
    if distribution == "uniform":
        return rng.uniform(-(3**0.5) * stddev, 3**0.5 * stddev, shape)
    w = rng.normal(0.0, stddev, shape)
    outside = np.abs(w) > 2 * stddev
    while outside.any():
        w[outside] = rng.normal(0.0, stddev, int(outside.sum()))
        outside = np.abs(w) > 2 * stddev
    return w
