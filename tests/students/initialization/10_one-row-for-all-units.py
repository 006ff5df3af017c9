"""exercise: sample_weights
belief: One row of random weights is drawn and given to each unit of the layer, since all units are alike at the start.
"""

import numpy as np


def sample_weights(shape, rng, gain=1.0, mode="fan_in", distribution="normal"):
    positions = int(np.prod(shape[2:], dtype=int))
    fan_in, fan_out = shape[1] * positions, shape[0] * positions
    if mode == "fan_in":
        fan = fan_in
    elif mode == "fan_out":
        fan = fan_out
    else:
        fan = 0.5 * (fan_in + fan_out)
    sigma = gain / np.sqrt(fan)
    if distribution == "normal":
        one_unit = rng.normal(0, sigma, size=shape[1:])
    else:
        one_unit = rng.uniform(-np.sqrt(3) * sigma, np.sqrt(3) * sigma, size=shape[1:])
    weights = np.empty(shape)
    for unit in range(shape[0]):
        weights[unit] = one_unit
    return weights
