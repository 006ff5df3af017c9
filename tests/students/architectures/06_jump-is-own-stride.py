"""exercise: receptive_field
belief: The jump behind a layer is its stride.
teacher: Strides multiply: two of 2 in a row put neighbours four pixels of the input apart.
"""

import numpy as np


def receptive_field(layers: list[tuple[int, int]]) -> tuple[list[int], list[int]]:
    field, jump = 1, 1
    fields, jumps = [], []
    for window, stride in layers:
        field += (window - 1) * jump
        jump *= stride
        fields.append(field)
        jumps.append(stride)
    return fields, jumps
