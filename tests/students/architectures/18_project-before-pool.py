"""exercise: inception_forward
belief: In the fourth path the 1 x 1 stands before the pool, as the reductions stand before the windows.
teacher: The pool comes first and the 1 x 1 projects what it gives.
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


def _max_pool3(x: Array) -> Array:
    return _windows_of(x, 3, 1, 1, -np.inf).max(axis=(4, 5))


def inception_forward(
    x: Array,
    one: Array,
    reduce3: Array,
    three: Array,
    reduce5: Array,
    five: Array,
    project: Array,
) -> Array:
    def layer(z, w):
        return np.maximum(0, _convolve(z, w, 1, w.shape[2] // 2))

    paths = [
        layer(x, one),
        layer(layer(x, reduce3), three),
        layer(layer(x, reduce5), five),
        _max_pool3(layer(x, project)),
    ]
    return np.concatenate(paths, axis=1)
