"""exercise: weight_std
belief: The rule's n is the number of units of the layer itself on the way forward, and of those before it on the way back.
"""

import numpy as np


def weight_std(shape, gain=1.0, mode="fan_in"):
    kernel = int(np.prod(shape[2:])) if len(shape) > 2 else 1
    own, before = shape[0] * kernel, shape[1] * kernel
    if mode == "fan_avg":
        return float(gain * np.sqrt(2.0 / (own + before)))
    n = own if mode == "fan_in" else before
    return float(gain / np.sqrt(n))
