"""exercise: block_cost
belief: A weight is used once for each pixel of the block's output.
teacher: It is used for each pixel of its own layer's output: the first 1 x 1 works on the full image, before the stride.
"""

import numpy as np


def block_cost(kind, shape, maps, kernel=3, stride=1, inner=1):
    channels = shape[0]
    rows_in, columns_in = shape[1], shape[2]
    rows_out = (rows_in + stride - 1) // stride
    columns_out = (columns_in + stride - 1) // stride
    out_pixels = rows_out * columns_out
    in_pixels = out_pixels
    weights = 0
    multiplications = 0
    if kind == "reduced" or kind == "bottleneck":
        first = channels * inner
        weights += first
        multiplications += first * in_pixels
        if kind == "reduced":
            second = inner * maps * kernel * kernel
        else:
            second = inner * inner * kernel * kernel
        weights += second
        multiplications += second * out_pixels
        if kind == "bottleneck":
            third = inner * maps
            weights += third
            multiplications += third * out_pixels
    if kind == "full":
        weights = channels * maps * kernel * kernel
        multiplications = weights * out_pixels
    if kind == "grouped":
        weights = inner * (channels // inner) * (maps // inner) * kernel * kernel
        multiplications = weights * out_pixels
    if kind == "separable":
        weights = channels * kernel * kernel + channels * maps
        multiplications = weights * out_pixels
    return weights, multiplications
