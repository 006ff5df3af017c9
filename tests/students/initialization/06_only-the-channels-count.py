"""exercise: lecun_normal
belief: The fan-in is the second entry of the shape, for convolutions too.
"""

import numpy as np


def lecun_normal(shape, rng):
    fan_in = shape[1]
    W = rng.standard_normal(shape)
    W = W * np.sqrt(1 / fan_in)
    return W
