"""exercise: conv_cost
belief: With groups both the channels and the maps are divided by G, so the layer costs (F/G) * (C/G * KH * KW + 1).
"""

import numpy as np


def conv_cost(out_shape, in_channels, kernel, itemsize=4, groups=1):
    F, OH, OW = out_shape
    KH, KW = kernel
    maps, depth = F // groups, in_channels // groups
    per_output = depth * KH * KW
    parameters = maps * (per_output + 1)
    multiplications = maps * OH * OW * per_output
    memory = F * OH * OW * itemsize
    return parameters, multiplications, memory
