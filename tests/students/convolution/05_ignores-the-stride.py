"""exercise: place_windows
belief: SAME padding always adds kernel - 1 zeros in all, whatever the stride.
"""

import numpy as np


def place_windows(size, kernel, stride=1, padding="valid", dilation=1):
    effective = (kernel - 1) * dilation + 1
    if padding == "same":
        total = effective - 1
        left = int(np.floor(total / 2))
        right = int(np.ceil(total / 2))
        return int(np.ceil(size / stride)), left, right
    if padding == "valid":
        padding = 0
    windows = (size + 2 * padding - effective) // stride + 1
    return max(windows, 0), padding, padding
