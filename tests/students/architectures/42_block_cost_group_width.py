"""exercise: block_cost
belief: For a grouped convolution, inner is the number of channels in a group, so each map reads
inner channels.
"""

import numpy as np


def block_cost(kind, shape, maps, kernel=3, stride=1, inner=1):
    channels, rows, cols = shape
    out = ((rows + stride - 1) // stride) * ((cols + stride - 1) // stride)
    window = kernel * kernel
    if kind == "full":
        w1 = channels * maps * window
        return w1, w1 * out
    if kind == "reduced":
        w1, w2 = channels * inner, inner * maps * window
        return w1 + w2, w1 * rows * cols + w2 * out
    if kind == "bottleneck":
        w1, w2, w3 = channels * inner, inner * inner * window, inner * maps
        return w1 + w2 + w3, w1 * rows * cols + (w2 + w3) * out
    if kind == "separable":
        w1, w2 = channels * window, channels * maps
        return w1 + w2, (w1 + w2) * out
    per_map = inner * window
    return maps * per_map, maps * per_map * out
