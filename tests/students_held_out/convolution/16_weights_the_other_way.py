"""exercise: transposed_conv2d
belief: The kernels of any layer are stored as (maps, channels, rows, columns).
"""

import numpy as np


def transposed_conv2d(x, w, b, stride=1, padding=0, extra=0):
    N, C, H, W = x.shape
    KH, KW = w.shape[2:]
    F = len(b)
    if w.shape[:2] == (F, C):
        kernels = w
    else:
        kernels = w.swapaxes(0, 1)
    y = np.zeros((N, F, (H - 1) * stride + KH + extra, (W - 1) * stride + KW + extra), x.dtype)
    for u in range(KH):
        for v in range(KW):
            y[:, :, u : u + H * stride : stride, v : v + W * stride : stride] += np.einsum(
                "ncij,fc->nfij", x, kernels[:, :, u, v]
            )
    y = y[:, :, padding : y.shape[2] - padding, padding : y.shape[3] - padding]
    return y + b[:, None, None]
