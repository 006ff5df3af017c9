"""exercise: im2col
belief: A window is copied pixel by pixel, all channels of a pixel together.
"""

import numpy as np


def im2col(x, kernel, stride=1, padding=0):
    kh, kw = kernel
    xp = np.pad(x, [(0, 0), (0, 0), (padding, padding), (padding, padding)])
    N, C, H, W = xp.shape
    oh = (H - kh) // stride + 1
    ow = (W - kw) // stride + 1
    cols = np.zeros((N, C * kh * kw, oh * ow), dtype=x.dtype)
    p = 0
    for i in range(0, oh * stride, stride):
        for j in range(0, ow * stride, stride):
            k = 0
            for u in range(kh):
                for v in range(kw):
                    for c in range(C):
                        cols[:, k, p] = xp[:, c, i + u, j + v]
                        k += 1
            p += 1
    return cols
