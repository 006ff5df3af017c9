"""exercise: residual_forward
belief: Behind the sum there is no ReLU, so that the shortcut stays a clean identity from block to block.
teacher: That is the idea of the pre-activation block of a year later; the original block has a ReLU behind the sum.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def windows_of(x: Array, size: int, stride: int, padding: int, fill: float = 0.0) -> Array:
    """Return all windows of images, of shape (N, C, H', W', size, size)."""
    N, C, H, W = x.shape
    room = np.full((N, C, H + 2 * padding, W + 2 * padding), fill, x.dtype)
    room[:, :, padding : padding + H, padding : padding + W] = x
    seen = np.lib.stride_tricks.sliding_window_view(room, (size, size), axis=(2, 3))
    return seen[:, :, ::stride, ::stride]


def convolve(x: Array, w: Array, stride: int = 1, padding: int = 0) -> Array:
    """Convolve images (N, C, H, W) with kernels (F, C, K, K), without biases."""
    seen = windows_of(x, w.shape[2], stride, padding)
    return np.moveaxis(np.tensordot(seen, w, ((1, 4, 5), (1, 2, 3))), 3, 1)


def residual_forward(x, w1, w2, projection=None, stride=1):
    relu = lambda a: a * (a > 0)
    F = relu(convolve(x, w1, stride=stride, padding=1))
    F = convolve(F, w2, padding=1)
    skip = convolve(x, projection, stride=stride) if projection is not None else x
    return skip + F
