"""exercise: pool_forward
belief: Padding means zeros, in pooling as in convolution.
"""

import numpy as np


def pool_forward(x, size, stride=None, padding=0, kind="max"):
    if stride is None:
        stride = size
    x_pad = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)), mode="constant")
    mask = np.pad(np.ones(x.shape[2:]), padding)
    N, C, H, W = x.shape
    H_out = (H + 2 * padding - size) // stride + 1
    W_out = (W + 2 * padding - size) // stride + 1
    out = np.zeros((N, C, H_out, W_out), dtype=x.dtype)
    for i in range(H_out):
        for j in range(W_out):
            rows = slice(i * stride, i * stride + size)
            cols = slice(j * stride, j * stride + size)
            pool = x_pad[:, :, rows, cols]
            if kind == "max":
                out[:, :, i, j] = np.max(pool, axis=(2, 3))
            else:
                out[:, :, i, j] = np.sum(pool, axis=(2, 3)) / mask[rows, cols].sum()
    return out
