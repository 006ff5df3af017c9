"""exercise: place_windows
belief: If the zeros of SAME cannot be halved, the odd one comes first.
"""

import math


def place_windows(size, kernel, stride=1, padding="valid", dilation=1):
    reach = (kernel - 1) * dilation
    if padding == "same":
        steps = math.ceil(size / stride)
        need = max(0, (steps - 1) * stride + reach + 1 - size)
        first = math.ceil(need / 2)
        return steps, first, need - first
    p = {"valid": 0}.get(padding, padding)
    free = size + 2 * p - reach - 1
    return (free // stride + 1 if free >= 0 else 0), p, p
