"""exercise: place_windows
belief: SAME padding is kernel - 1 zeros in all, whatever the stride.
"""

import numpy as np


def place_windows(size, kernel, stride=1, padding="valid", dilation=1):
    k = dilation * (kernel - 1) + 1
    if padding == "same":
        pad_total = max(k - 1, 0)
        before = pad_total // 2
        return -(-size // stride), before, pad_total - before
    p = 0 if padding == "valid" else padding
    return max((size + 2 * p - k) // stride + 1, 0), p, p
