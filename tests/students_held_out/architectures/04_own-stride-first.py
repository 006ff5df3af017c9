"""exercise: receptive_field
belief: A layer's stride makes the jump larger, and with this jump its window is laid.
teacher: The window lies on the layer's input, whose neighbours are the old jump apart; its own stride counts for the layers that follow.
"""

import numpy as np


def receptive_field(layers):
    field, jump = 1, 1
    fields, jumps = [], []
    for window, stride in layers:
        jump *= stride
        field += (window - 1) * jump
        fields.append(field)
        jumps.append(jump)
    return fields, jumps
