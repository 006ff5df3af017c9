"""exercise: conv2d_backward
belief: a[p:-p] cuts p rows off at both ends, for any p.
"""

import numpy as np


def conv2d_backward(dy, x, w, stride=1, padding=0, dilation=1):
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    OH, top, bottom = place_windows(H, KH, stride, padding, dilation)
    OW, left, right = place_windows(W, KW, stride, padding, dilation)
    xp = np.pad(x, ((0, 0), (0, 0), (top, bottom), (left, right)))
    dxp = np.zeros_like(xp)
    dw = np.zeros_like(w)
    for i in range(OH):
        for j in range(OW):
            a = slice(i * stride, i * stride + dilation * (KH - 1) + 1, dilation)
            c = slice(j * stride, j * stride + dilation * (KW - 1) + 1, dilation)
            dw += np.einsum("nf,ncuv->fcuv", dy[:, :, i, j], xp[:, :, a, c])
            dxp[:, :, a, c] += np.einsum("nf,fcuv->ncuv", dy[:, :, i, j], w)
    return dxp[:, :, top:-bottom, left:-right], dw, dy.sum(axis=(0, 2, 3))
