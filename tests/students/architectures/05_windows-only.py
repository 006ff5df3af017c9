"""exercise: receptive_field
belief: Every layer widens the field by its window minus one.
teacher: Pixels of the input, not of the layer: the window's steps are multiplied by the jump below.
"""

import numpy as np


def receptive_field(layers: list[tuple[int, int]]) -> tuple[list[int], list[int]]:
    if not layers:
        return [], []
    window, stride = np.array(layers).T
    jumps = np.cumprod(stride)
    fields = 1 + np.cumsum(window - 1)
    return fields.tolist(), jumps.tolist()
