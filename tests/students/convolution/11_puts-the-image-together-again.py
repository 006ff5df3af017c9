"""exercise: col2im
belief: col2im undoes im2col, so where windows overlap their entries are averaged.
"""

import numpy as np


def col2im(columns, shape, kernel, stride=1, padding=0):
    N, C, H, W = shape
    KH, KW = kernel
    Hp, Wp = H + 2 * padding, W + 2 * padding
    OH = (Hp - KH) // stride + 1
    OW = (Wp - KW) // stride + 1
    blocks = columns.reshape(N, C, KH, KW, OH, OW)

    image = np.zeros((N, C, Hp, Wp), dtype=columns.dtype)
    times = np.zeros((Hp, Wp), dtype=columns.dtype)
    for u in range(KH):
        for v in range(KW):
            rows = slice(u, u + stride * OH, stride)
            cs = slice(v, v + stride * OW, stride)
            image[:, :, rows, cs] += blocks[:, :, u, v]
            times[rows, cs] += 1
    image = image / np.maximum(times, 1)
    return image[:, :, padding : padding + H, padding : padding + W]
