"""exercise: patchify
belief: In a patch's vector the channels of one pixel stand together.
teacher: It is in the order of a kernel, (channel, row, column): the channel is the slowest.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def patchify(images: Array, size: int) -> Array:
    N, C, H, W = images.shape
    h, w = H // size, W // size
    whole = images[:, :, : h * size, : w * size]
    parts = whole.reshape(N, C, h, size, w, size)
    return parts.transpose(0, 2, 4, 3, 5, 1).reshape(N, h * w, C * size * size)
