"""exercise: inception_backward
belief: Max pooling has no weights, so nothing has to go back through it; x gets the gradients of the convolutions.
teacher: No weights does not mean no gradient: the pool hands all of it on to the pixel that was the largest.
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
    # each path: a list of kernels, and where it begins
    pooled = max_pool3(x)
    paths = [(x, [one]), (x, [reduce3, three]), (x, [reduce5, five]), (pooled, [project])]
    start = 0
    dx = np.zeros_like(x)
    gradients = []
    for number, (begin, kernels) in enumerate(paths):
        values = [begin]
        for w in kernels:
            values.append(np.maximum(convolve(values[-1], w, 1, w.shape[2] // 2), 0))
        width = len(kernels[-1])
        back = dy[:, start:start + width]
        start += width
        found = []
        for w, before, after in zip(kernels[::-1], values[-2::-1], values[::-1]):
            back = np.where(after > 0, back, 0)
            back, dw = convolve_backward(back, before, w, 1, w.shape[2] // 2)
            found.insert(0, dw)
        gradients.extend(found)
        if number == 3:
            back = 0
        dx += back
    return (dx, *gradients)
