"""exercise: patchify
belief: A patch is flattened pixel by pixel, each with its channels: (row, column, channel), as in einops' examples.
teacher: To be the same as a convolution the order is that of its kernel: (channel, row, column).
"""

import numpy as np


def patchify(images, size):
    N, C, H, W = images.shape
    h, w = H // size, W // size
    x = images[:, :, : h * size, : w * size]
    x = x.reshape(N, C, h, size, w, size)
    x = x.transpose(0, 2, 4, 3, 5, 1)
    return x.reshape(N, h * w, C * size * size)
