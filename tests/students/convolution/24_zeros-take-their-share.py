"""exercise: avg_pool_backward
belief: Every place of the window, padding or pixel, receives the same share dy / size**2, and what falls on the padding is lost.
"""

import numpy as np


def avg_pool_backward(dy, x, size, stride=None, padding=0):
    if stride is None:
        stride = size
    N, C, H, W = x.shape
    share = dy / (size * size)
    big = np.zeros((N, C, H + 2 * padding, W + 2 * padding), dtype=dy.dtype)
    for i in range(dy.shape[2]):
        for j in range(dy.shape[3]):
            top, left = i * stride, j * stride
            big[:, :, top : top + size, left : left + size] += share[:, :, i : i + 1, j : j + 1]
    return big[:, :, padding : padding + H, padding : padding + W]
