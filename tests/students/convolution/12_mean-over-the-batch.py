"""exercise: conv2d_backward
belief: The gradients of the weights and biases are averaged over the images of the batch.
"""

import numpy as np


def conv2d_backward(dy, x, w, stride=1, padding=0, dilation=1):
    n, _, h, wid = x.shape
    f, c, kh, kw = w.shape
    oh, ow = dy.shape[2], dy.shape[3]
    _, top, bottom = place_windows(h, kh, stride, padding, dilation)
    _, left, right = place_windows(wid, kw, stride, padding, dilation)
    xp = np.pad(x, ((0, 0), (0, 0), (top, bottom), (left, right)))
    dxp = np.zeros_like(xp)
    dw = np.zeros_like(w)

    for i in range(oh):
        for j in range(ow):
            rs = slice(i * stride, i * stride + dilation * (kh - 1) + 1, dilation)
            cs = slice(j * stride, j * stride + dilation * (kw - 1) + 1, dilation)
            g = dy[:, :, i, j]
            dw += np.tensordot(g, xp[:, :, rs, cs], axes=([0], [0]))
            dxp[:, :, rs, cs] += np.tensordot(g, w, axes=([1], [0]))

    m = float(n)
    dw = dw / m
    db = dy.sum(axis=(0, 2, 3)) / m
    dx = dxp[:, :, top : top + h, left : left + wid]
    return dx, dw.astype(x.dtype), db.astype(x.dtype)
