"""exercise: output_size
belief: A dilation of d above 1 leaves d holes between neighbouring taps, so the kernel spans k + (k - 1) d pixels.
"""

import math


def output_size(size, kernel, stride=1, padding="valid", dilation=1):
    if padding == "same":
        return math.ceil(size / stride)
    if padding == "valid":
        p = 0
    else:
        p = padding

    holes = dilation if dilation > 1 else 0
    span = kernel + (kernel - 1) * holes
    room = size + 2 * p - span
    if room < 0:
        return 0
    return room // stride + 1
