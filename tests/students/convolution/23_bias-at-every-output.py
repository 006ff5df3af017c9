"""exercise: conv_cost
belief: Every output unit has its own bias.
"""


def conv_cost(out_shape, in_channels, kernel, itemsize=4, groups=1):
    F, OH, OW = out_shape
    KH, KW = kernel
    units = F * OH * OW
    taps = in_channels // groups * KH * KW

    weights = F * taps
    biases = units
    parameters = weights + biases

    multiplications = units * taps
    memory = units * itemsize
    return parameters, multiplications, memory
