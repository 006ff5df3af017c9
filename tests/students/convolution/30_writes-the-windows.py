"""exercise: transposed_conv2d
belief: Every pixel paints its window into the picture.
"""

import numpy as np


def transposed_conv2d(x, w, b, stride=1, padding=0, extra=0):
    N, C, H, W = x.shape
    F, KH, KW = w.shape[1:]
    out = np.zeros((N, F, (H - 1) * stride + KH + extra, (W - 1) * stride + KW + extra), x.dtype)
    for i in range(H):
        for j in range(W):
            paint = np.einsum("nc,cfuv->nfuv", x[:, :, i, j], w)
            out[:, :, i * stride : i * stride + KH, j * stride : j * stride + KW] = paint
    out = out[:, :, padding : out.shape[2] - padding, padding : out.shape[3] - padding]
    return out + b.reshape(1, F, 1, 1)
