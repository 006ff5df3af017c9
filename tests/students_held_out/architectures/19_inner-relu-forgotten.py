"""exercise: inception_backward
belief: The ReLU of a path is undone at its end, where the output is known; from there the gradient runs through both convolutions.
teacher: There is a second ReLU between the two convolutions: where its input is not above zero nothing gets through.
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


def max_pool3(x: Array) -> Array:
    """Return the largest number of each 3 × 3 neighbourhood, stride 1; the size stays."""
    return windows_of(x, 3, 1, 1, -np.inf).max(axis=(4, 5))


def max_pool3_backward(dy: Array, x: Array) -> Array:
    """Return the gradient of `max_pool3`: all of it goes to the first of the largest numbers."""
    N, C, H, W = x.shape
    place = windows_of(x, 3, 1, 1, -np.inf).reshape(N, C, H, W, 9).argmax(axis=4)
    n, c, i, j = np.indices(x.shape)
    dx = np.zeros(x.shape, x.dtype)
    np.add.at(dx, (n, c, i + place // 3 - 1, j + place % 3 - 1), dy)
    return dx


def inception_backward(dy, x, one, reduce3, three, reduce5, five, project):
    relu = lambda z: np.maximum(z, 0)
    za = convolve(x, one)
    z3 = convolve(x, reduce3)
    zb = convolve(relu(z3), three, 1, 1)
    z5 = convolve(x, reduce5)
    zd = convolve(relu(z5), five, 1, 2)
    pooled = max_pool3(x)
    ze = convolve(pooled, project)

    cuts = np.cumsum([len(one), len(three), len(five)])
    da, db, dd, de = np.split(dy, cuts, axis=1)
    dx, done = convolve_backward(da * (za > 0), x, one)
    dh, dthree = convolve_backward(db * (zb > 0), relu(z3), three, 1, 1)
    part, dreduce3 = convolve_backward(dh, x, reduce3)
    dx = dx + part
    dh, dfive = convolve_backward(dd * (zd > 0), relu(z5), five, 1, 2)
    part, dreduce5 = convolve_backward(dh, x, reduce5)
    dx = dx + part
    dpooled, dproject = convolve_backward(de * (ze > 0), pooled, project)
    dx = dx + max_pool3_backward(dpooled, x)
    return dx, done, dreduce3, dthree, dreduce5, dfive, dproject
