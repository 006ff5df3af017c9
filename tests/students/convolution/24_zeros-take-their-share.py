"""exercise: pool_backward
belief: Every place of the window, padding or pixel, receives the same share dy / size**2 of an average, and what falls on the padding is lost.
"""

import numpy as np


def pool_backward(dy, x, size, stride=None, padding=0, kind="max"):
    if stride is None:
        stride = size
    N, C, H, W = x.shape
    border = ((0, 0), (0, 0), (padding, padding), (padding, padding))
    xp = np.pad(x, border, constant_values=-np.inf)
    big = np.zeros(xp.shape, dtype=dy.dtype)
    for i in range(dy.shape[2]):
        for j in range(dy.shape[3]):
            top, left = i * stride, j * stride
            place = (slice(None), slice(None), slice(top, top + size), slice(left, left + size))
            g = dy[:, :, i : i + 1, j : j + 1]
            if kind == "average":
                big[place] += g / (size * size)
            else:
                flat = xp[place].reshape(N, C, size * size)
                one = np.eye(size * size)[flat.argmax(axis=2)].reshape(N, C, size, size)
                big[place] += (one * g).astype(dy.dtype)
    return big[:, :, padding : padding + H, padding : padding + W]
