"""exercise: fans
belief: The weights have the shape (in, out), and kernels (..., C, F), as in Keras.
"""

import math


def fans(shape):
    if len(shape) == 2:
        fan_in, fan_out = shape
    else:
        positions = math.prod(shape[2:])
        fan_in = shape[0] * positions
        fan_out = shape[1] * positions
    return int(fan_in), int(fan_out)
