"""exercise: residual_backward
belief: At the sum the gradient is divided between the two sides.
teacher: A sum hands it on to both sides unchanged.
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


def _residual_forward(
    x: Array, w1: Array, w2: Array, projection: Array | None = None, stride: int = 1
) -> Array:
    branch = _convolve(np.maximum(0, _convolve(x, w1, stride, 1)), w2, 1, 1)
    shortcut = x if projection is None else _convolve(x, projection, stride, 0)
    return np.maximum(0, branch + shortcut)


def residual_backward(
    dy: Array,
    x: Array,
    w1: Array,
    w2: Array,
    projection: Array | None = None,
    stride: int = 1,
) -> tuple[Array, Array, Array, Array | None]:
    h = np.maximum(0, _convolve(x, w1, stride, 1))
    y = _residual_forward(x, w1, w2, projection, stride)
    d = np.where(y > 0, dy, 0) / 2
    dh, dw2 = _convolve_backward(d, h, w2, 1, 1)
    dx, dw1 = _convolve_backward(np.where(h > 0, dh, 0), x, w1, stride, 1)
    dprojection = None
    if projection is not None:
        d, dprojection = _convolve_backward(d, x, projection, stride)
    return dx + d, dw1, dw2, dprojection
