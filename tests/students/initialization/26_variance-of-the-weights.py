"""exercise: weight_std
belief: Initialization rules give a variance, gain squared over the fan.
"""

import numpy as np


def weight_std(shape, gain=1.0, mode="fan_in"):
    fan_in = int(np.prod(shape[1:]))
    fan_out = shape[0] * int(np.prod(shape[2:]))
    if mode == "fan_in":
        return gain**2 / fan_in
    if mode == "fan_out":
        return gain**2 / fan_out
    return 2 * gain**2 / (fan_in + fan_out)
