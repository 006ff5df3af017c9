"""exercise: transposed_conv2d
belief: The extra rows are zeros that are appended at the end.
"""

import numpy as np


def transposed_conv2d(x, w, b, stride=1, padding=0, extra=0):
    N, C, H, W = x.shape
    _, F, KH, KW = w.shape
    full = np.zeros((N, F, (H - 1) * stride + KH, (W - 1) * stride + KW), dtype=x.dtype)
    for i in range(H):
        for j in range(W):
            full[:, :, i * stride : i * stride + KH, j * stride : j * stride + KW] += np.tensordot(
                x[:, :, i, j], w, axes=1
            )
    if padding:
        full = full[:, :, padding:-padding, padding:-padding]
    full = np.pad(full, ((0, 0), (0, 0), (0, extra), (0, extra)))
    return full + b[None, :, None, None]
