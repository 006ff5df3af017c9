"""exercise: conv2d_forward
belief: The stride multiplies the whole index, output position and tap together: the row is (i + u * dilation) * stride.
"""

import numpy as np


def conv2d_forward(x, w, b, stride=1, padding=0, dilation=1):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    OH, above, below = place_windows(H, KH, stride, padding, dilation)
    OW, left, right = place_windows(W, KW, stride, padding, dilation)

    # generous zeros below and to the right so that no tap falls off
    need_h = ((OH - 1) + (KH - 1) * dilation) * stride + 1
    need_w = ((OW - 1) + (KW - 1) * dilation) * stride + 1
    canvas = np.zeros(
        (N, C, max(H + above + below, need_h), max(W + left + right, need_w)), dtype=x.dtype
    )
    canvas[:, :, above : above + H, left : left + W] = x

    y = np.zeros((N, F, OH, OW), dtype=x.dtype)
    for u in range(KH):
        for v in range(KW):
            r0, c0 = u * dilation * stride, v * dilation * stride
            pixels = canvas[:, :, r0 : r0 + OH * stride : stride, c0 : c0 + OW * stride : stride]
            y += np.einsum("fc,ncij->nfij", w[:, :, u, v], pixels)
    return y + b.reshape(1, F, 1, 1)
