"""exercise: pool_backward
belief: All pixels that are equal to the maximum of their window receive the gradient.
"""

import numpy as np


def pool_backward(dy, x, size, stride=None, padding=0, kind="max"):
    stride = size if stride is None else stride
    N, C, H, W = x.shape
    pad = ((0, 0), (0, 0), (padding, padding), (padding, padding))
    xp = np.pad(x, pad, constant_values=-np.inf)
    dxp = np.zeros(xp.shape, dtype=x.dtype)
    for n in range(N):
        for c in range(C):
            for i in range(dy.shape[2]):
                for j in range(dy.shape[3]):
                    r, s = i * stride, j * stride
                    window = xp[n, c, r : r + size, s : s + size]
                    if kind == "max":
                        share = window == np.max(window)
                    else:
                        share = np.isfinite(window) / np.isfinite(window).sum()
                    dxp[n, c, r : r + size, s : s + size] += share * dy[n, c, i, j]
    return dxp[:, :, padding : padding + H, padding : padding + W]
