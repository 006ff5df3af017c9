"""exercise: max_pool_forward
belief: Padding means zeros, in pooling as in convolution.
"""

import numpy as np


def max_pool_forward(x, size, stride=None, padding=0):
    if stride is None:
        stride = size
    x_pad = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)), mode="constant")
    N, C, H, W = x.shape
    H_out = (H + 2 * padding - size) // stride + 1
    W_out = (W + 2 * padding - size) // stride + 1
    out = np.zeros((N, C, H_out, W_out), dtype=x.dtype)
    for i in range(H_out):
        for j in range(W_out):
            pool = x_pad[:, :, i * stride : i * stride + size, j * stride : j * stride + size]
            out[:, :, i, j] = np.max(pool, axis=(2, 3))
    return out
