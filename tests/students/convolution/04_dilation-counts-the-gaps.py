"""exercise: place_windows
belief: A dilation of d above 1 leaves d holes between neighbouring taps, so the kernel spans k + (k - 1) d pixels.
"""

import math


def place_windows(size, kernel, stride=1, padding="valid", dilation=1):
    holes = dilation if dilation > 1 else 0
    span = kernel + (kernel - 1) * holes
    if padding == "same":
        n = math.ceil(size / stride)
        zeros = max((n - 1) * stride + span - size, 0)
        return n, zeros // 2, math.ceil(zeros / 2)
    p = 0 if padding == "valid" else padding
    room = size + 2 * p - span
    if room < 0:
        return 0, p, p
    return room // stride + 1, p, p
