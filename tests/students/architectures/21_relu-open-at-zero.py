"""exercise: inception_backward
belief: A ReLU is open where its output is 0 or more.
teacher: Its output is never below 0; the gradient is 1 where the input is above 0, and 0 elsewhere, at 0 too.
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
    def forward(z, *kernels):
        seen = [z]
        for w in kernels:
            seen.append(np.maximum(0, _convolve(seen[-1], w, 1, w.shape[2] // 2)))
        return seen

    def backward(d, seen, *kernels):
        grads = []
        for w, below, above in zip(kernels[::-1], seen[-2::-1], seen[:0:-1]):
            d, dw = _convolve_backward(d * (above >= 0), below, w, 1, w.shape[2] // 2)
            grads.insert(0, dw)
        return d, grads

    borders = np.cumsum([len(one), len(three), len(five)])
    dy1, dy3, dy5, dyp = np.split(dy, borders, axis=1)
    dx1, g1 = backward(dy1, forward(x, one), one)
    dx3, g3 = backward(dy3, forward(x, reduce3, three), reduce3, three)
    dx5, g5 = backward(dy5, forward(x, reduce5, five), reduce5, five)
    dpool, gp = backward(dyp, forward(_max_pool3(x), project), project)
    return dx1 + dx3 + dx5 + _max_pool3_backward(dpool, x), *g1, *g3, *g5, *gp
