"""exercise: inception_forward
belief: The 1 x 1 in front only reduces, the ReLU follows the large window.
teacher: Every convolution is followed by a ReLU, the inner ones too.
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
    def relu(z):
        return np.maximum(z, 0)

    first = relu(_convolve(x, one))
    second = _convolve(x, reduce3)
    second = relu(_convolve(second, three, padding=1))
    third = _convolve(x, reduce5)
    third = relu(_convolve(third, five, padding=2))
    fourth = relu(_convolve(_max_pool3(x), project))
    return np.concatenate([first, second, third, fourth], axis=1)
