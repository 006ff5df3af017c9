"""exercise: sample_weights
belief: A generator of one's own with a fixed seed makes the weights reproducible.
"""

import numpy as np


def sample_weights(shape, rng, gain=1.0, mode="fan_in", distribution="normal"):
    rng = np.random.default_rng(42)  # reproducibility
    k = int(np.prod(shape[2:])) if len(shape) > 2 else 1
    fan_in, fan_out = shape[1] * k, shape[0] * k
    if mode == "fan_in":
        fan = fan_in
    elif mode == "fan_out":
        fan = fan_out
    else:
        fan = 0.5 * (fan_in + fan_out)
    std = gain / fan**0.5
    if distribution == "normal":
        return rng.normal(0, std, shape)
    limit = 3**0.5 * std
    return rng.uniform(-limit, limit, shape)
