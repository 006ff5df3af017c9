"""exercise: patchify
belief: Rows and columns at the end are filled up with zeros to a whole patch.
teacher: What fills no patch is left out.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def patchify(images: Array, size: int) -> Array:
    count, channels, height, width = images.shape
    down, across = -(-height // size), -(-width // size)
    room = ((0, 0), (0, 0), (0, down * size - height), (0, across * size - width))
    images = np.pad(images, room)
    patches = np.empty((count, down * across, channels * size * size), images.dtype)
    for n in range(count):
        for r in range(down):
            for s in range(across):
                rows = slice(r * size, (r + 1) * size)
                columns = slice(s * size, (s + 1) * size)
                patches[n, r * across + s] = images[n, :, rows, columns].ravel()
    return patches
