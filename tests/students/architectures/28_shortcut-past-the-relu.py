"""exercise: residual_backward
belief: The shortcut is a straight road, so x gets dy as it came.
teacher: The last ReLU stands behind the sum, and both copies have to pass it.
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


def residual_backward(
    dy: Array,
    x: Array,
    w1: Array,
    w2: Array,
    projection: Array | None = None,
    stride: int = 1,
) -> tuple[Array, Array, Array, Array | None]:
    z1 = _convolve(x, w1, stride, 1)
    h = np.maximum(z1, 0)
    shortcut = x if projection is None else _convolve(x, projection, stride)
    total = shortcut + _convolve(h, w2, 1, 1)
    dtotal = dy * (total > 0)
    dh, dw2 = _convolve_backward(dtotal, h, w2, 1, 1)
    dx, dw1 = _convolve_backward(dh * (z1 > 0), x, w1, stride, 1)
    if projection is None:
        return dx + dy, dw1, dw2, None
    dshortcut, dprojection = _convolve_backward(dy, x, projection, stride)
    return dx + dshortcut, dw1, dw2, dprojection
