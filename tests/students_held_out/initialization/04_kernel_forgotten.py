"""exercise: weight_std
belief: Fan-in and fan-out are the first two entries of the shape, for convolutions too.
"""

import numpy as np


def weight_std(shape, gain=1.0, mode="fan_in"):
    fan_out, fan_in = shape[0], shape[1]
    fan = {"fan_in": fan_in, "fan_out": fan_out}.get(mode, (fan_in + fan_out) / 2)
    return gain / np.sqrt(fan)
