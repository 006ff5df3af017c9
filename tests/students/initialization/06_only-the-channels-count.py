"""exercise: weight_std
belief: The fan-in is the second entry of the shape, for convolutions too.
"""

import numpy as np


def weight_std(shape, gain=1.0, mode="fan_in"):
    n = shape[1]
    if mode == "fan_out":
        n = shape[0]
    if mode == "fan_avg":
        n = (shape[0] + shape[1]) / 2
    return float(gain * np.sqrt(1 / n))
