"""exercise: residual_backward
belief: The shortcut carries dy to x unchanged; only the branch goes through the last ReLU.
teacher: The last ReLU stands behind the sum, so both sides get the gradient only where the sum is above zero.
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


def convolve_backward(
    dy: Array, x: Array, w: Array, stride: int = 1, padding: int = 0
) -> tuple[Array, Array]:
    """Return the gradients of `convolve` with respect to its images and its kernels."""
    N, C, H, W = x.shape
    K = w.shape[2]
    dw = np.tensordot(dy, windows_of(x, K, stride, padding), ((0, 2, 3), (0, 2, 3)))
    shares = np.tensordot(w, dy, (0, 1)).transpose(3, 0, 1, 2, 4, 5)
    room = np.zeros((N, C, H + 2 * padding, W + 2 * padding), x.dtype)
    for u in range(K):
        for v in range(K):
            rows = slice(u, u + stride * dy.shape[2], stride)
            columns = slice(v, v + stride * dy.shape[3], stride)
            room[:, :, rows, columns] += shares[:, :, u, v]
    return room[:, :, padding : padding + H, padding : padding + W], dw


def residual_backward(dy, x, w1, w2, projection=None, stride=1):
    # forward again
    z1 = convolve(x, w1, stride, 1)
    a1 = np.maximum(z1, 0)
    z2 = convolve(a1, w2, 1, 1)
    skip = x if projection is None else convolve(x, projection, stride)
    # backward
    dsum = dy * (skip + z2 > 0)
    da1, dw2 = convolve_backward(dsum, a1, w2, 1, 1)
    dx, dw1 = convolve_backward(da1 * (z1 > 0), x, w1, stride, 1)
    dskip = dy
    if projection is None:
        return dx + dskip, dw1, dw2, None
    dshort, dprojection = convolve_backward(dskip, x, projection, stride)
    return dx + dshort, dw1, dw2, dprojection
