"""exercise: inception_backward
belief: The ReLUs that matter are those at the end of the paths.
teacher: The inner ReLU was closed where its input was below 0, and nothing comes back there.
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


def _convolve_backward(
    dy: Array, x: Array, w: Array, stride: int = 1, padding: int = 0
) -> tuple[Array, Array]:
    N, C, H, W = x.shape
    K = w.shape[2]
    dw = np.tensordot(dy, _windows_of(x, K, stride, padding), ((0, 2, 3), (0, 2, 3)))
    shares = np.tensordot(w, dy, (0, 1)).transpose(3, 0, 1, 2, 4, 5)
    room = np.zeros((N, C, H + 2 * padding, W + 2 * padding), x.dtype)
    for u in range(K):
        for v in range(K):
            rows = slice(u, u + stride * dy.shape[2], stride)
            columns = slice(v, v + stride * dy.shape[3], stride)
            room[:, :, rows, columns] += shares[:, :, u, v]
    return room[:, :, padding : padding + H, padding : padding + W], dw


def _max_pool3(x: Array) -> Array:
    return _windows_of(x, 3, 1, 1, -np.inf).max(axis=(4, 5))


def _max_pool3_backward(dy: Array, x: Array) -> Array:
    N, C, H, W = x.shape
    place = _windows_of(x, 3, 1, 1, -np.inf).reshape(N, C, H, W, 9).argmax(axis=4)
    n, c, i, j = np.indices(x.shape)
    dx = np.zeros(x.shape, x.dtype)
    np.add.at(dx, (n, c, i + place // 3 - 1, j + place % 3 - 1), dy)
    return dx


def inception_backward(
    dy: Array,
    x: Array,
    one: Array,
    reduce3: Array,
    three: Array,
    reduce5: Array,
    five: Array,
    project: Array,
) -> tuple[Array, Array, Array, Array, Array, Array, Array]:
    def relu(z):
        return np.maximum(z, 0)

    a, b, d = len(one), len(three), len(five)
    small3, small5, pooled = _convolve(x, reduce3), _convolve(x, reduce5), _max_pool3(x)
    out1 = _convolve(x, one)
    out3 = _convolve(relu(small3), three, padding=1)
    out5 = _convolve(relu(small5), five, padding=2)
    outp = _convolve(pooled, project)

    dx, done = _convolve_backward(dy[:, :a] * (out1 > 0), x, one)

    d3 = dy[:, a : a + b] * (out3 > 0)
    dsmall3, dthree = _convolve_backward(d3, relu(small3), three, padding=1)
    part, dreduce3 = _convolve_backward(dsmall3, x, reduce3)
    dx = dx + part

    d5 = dy[:, a + b : a + b + d] * (out5 > 0)
    dsmall5, dfive = _convolve_backward(d5, relu(small5), five, padding=2)
    part, dreduce5 = _convolve_backward(dsmall5, x, reduce5)
    dx = dx + part

    dpooled, dproject = _convolve_backward(dy[:, a + b + d :] * (outp > 0), pooled, project)
    dx = dx + _max_pool3_backward(dpooled, x)
    return dx, done, dreduce3, dthree, dreduce5, dfive, dproject
