"""exercise: transposed_conv2d
belief: Put zeros between the pixels and slide the kernel over it as it is.
"""

import numpy as np


def transposed_conv2d(x, w, b, stride=1, padding=0, extra=0):
    N, C, H, W = x.shape
    _, F, KH, KW = w.shape
    OH = (H - 1) * stride - 2 * padding + KH + extra
    OW = (W - 1) * stride - 2 * padding + KW + extra
    z = np.zeros(
        (N, C, (H - 1) * stride + 2 * KH - 1 + extra, (W - 1) * stride + 2 * KW - 1 + extra),
        x.dtype,
    )
    z[:, :, KH - 1 : KH - 1 + H * stride : stride, KW - 1 : KW - 1 + W * stride : stride] = x
    y = np.zeros((N, F, OH, OW), x.dtype)
    for r in range(OH):
        for q in range(OW):
            window = z[:, :, r + padding : r + padding + KH, q + padding : q + padding + KW]
            y[:, :, r, q] = np.tensordot(window, w, axes=((1, 2, 3), (0, 2, 3))) + b
    return y
