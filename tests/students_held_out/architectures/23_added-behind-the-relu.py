"""exercise: residual_forward
belief: Each convolution has its ReLU, and then the shortcut is added.
teacher: The sum comes before the second ReLU: y = ReLU(shortcut + branch).
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
    identity = x
    out = convolve(x, w1, stride, 1)
    out = np.maximum(out, 0)
    out = convolve(out, w2, 1, 1)
    if projection is not None:
        identity = convolve(x, projection, stride, 0)
    out = np.maximum(out, 0)
    return out + identity
