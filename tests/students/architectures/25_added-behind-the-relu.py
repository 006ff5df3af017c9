"""exercise: residual_forward
belief: Both convolutions have their ReLU, and then x is added.
teacher: The second ReLU stands behind the sum: y = ReLU(shortcut + branch).
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
    shortcut = x
    if projection is not None:
        shortcut = _convolve(x, projection, stride)
    inner = np.maximum(_convolve(x, w1, stride, 1), 0)
    branch = _convolve(inner, w2, 1, 1)
    return shortcut + np.maximum(branch, 0)
