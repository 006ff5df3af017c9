"""exercise: receptive_field
belief: A layer with stride s takes steps of s pixels, so its own stride counts for its own window.
teacher: The window lies on the layer's input, whose neighbours are the old jump apart; the stride counts for those that come after.
"""

import numpy as np


def receptive_field(layers: list[tuple[int, int]]) -> tuple[list[int], list[int]]:
    field, jump = 1, 1
    fields, jumps = [], []
    for window, stride in layers:
        jump *= stride
        field += (window - 1) * jump
        fields.append(field)
        jumps.append(jump)
    return fields, jumps
