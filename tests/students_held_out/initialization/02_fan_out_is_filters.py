"""exercise: fans
belief: The kernel positions multiply the fan-in only; the fan-out of a convolution is its number of filters.
"""

import numpy as np


def fans(shape):
    if len(shape) == 2:
        fan_out, fan_in = shape
    else:
        receptive_field = 1
        for k in shape[2:]:
            receptive_field *= k
        fan_in = shape[1] * receptive_field
        fan_out = shape[0]
    return int(fan_in), int(fan_out)
