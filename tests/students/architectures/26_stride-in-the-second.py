"""exercise: residual_forward
belief: The second convolution of the block makes the image smaller.
teacher: The stride stands in the first one (and in the projection).
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def _windows_of(x: Array, size: int, stride: int, padding: int, fill: float = 0.0) -> Array:
    around = ((0, 0), (0, 0), (padding, padding), (padding, padding))
    x = np.pad(x, around, constant_values=fill)
    seen = np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(2, 3))
    return seen[:, :, ::stride, ::stride]


def _convolve(x: Array, w: Array, stride: int = 1, padding: int = 0) -> Array:
    seen = _windows_of(x, w.shape[2], stride, padding)
    return np.moveaxis(np.tensordot(seen, w, ((1, 4, 5), (1, 2, 3))), 3, 1)


def residual_forward(
    x: Array, w1: Array, w2: Array, projection: Array | None = None, stride: int = 1
) -> Array:
    branch = _convolve(np.maximum(0, _convolve(x, w1, 1, 1)), w2, stride, 1)
    shortcut = x if projection is None else _convolve(x, projection, stride, 0)
    return np.maximum(0, branch + shortcut)
