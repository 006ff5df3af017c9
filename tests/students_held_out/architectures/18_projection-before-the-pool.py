"""exercise: inception_forward
belief: On the pool's path the 1 x 1 comes first too, as on the other paths: reduce, then pool.
teacher: The fourth path pools first and projects afterwards; a maximum and a linear map may not be exchanged.
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


def max_pool3(x: Array) -> Array:
    """Return the largest number of each 3 × 3 neighbourhood, stride 1; the size stays."""
    return windows_of(x, 3, 1, 1, -np.inf).max(axis=(4, 5))


def inception_forward(x, one, reduce3, three, reduce5, five, project):
    def block(z, *kernels):
        for w in kernels:
            z = convolve(z, w, padding=w.shape[-1] // 2)
            z = z * (z > 0)
        return z

    pooled = max_pool3(block(x, project))
    paths = (block(x, one), block(x, reduce3, three), block(x, reduce5, five), pooled)
    return np.hstack(paths).astype(x.dtype)
