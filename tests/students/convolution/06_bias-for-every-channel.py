"""exercise: conv2d_forward
belief: Each channel is convolved with its own kernel and bias, and the maps of the channels are added up.
"""

import numpy as np


def corr2d(img, k, stride, dilation):
    """one image, one kernel"""
    KH, KW = k.shape
    oh = (img.shape[0] - dilation * (KH - 1) - 1) // stride + 1
    ow = (img.shape[1] - dilation * (KW - 1) - 1) // stride + 1
    res = np.zeros((oh, ow), dtype=img.dtype)
    for i in range(oh):
        for j in range(ow):
            r, c = i * stride, j * stride
            patch = img[
                r : r + dilation * (KH - 1) + 1 : dilation,
                c : c + dilation * (KW - 1) + 1 : dilation,
            ]
            res[i, j] = (patch * k).sum()
    return res


def conv2d_forward(x, w, b, stride=1, padding=0, dilation=1):
    _, *down = place_windows(x.shape[2], w.shape[2], stride, padding, dilation)
    _, *right = place_windows(x.shape[3], w.shape[3], stride, padding, dilation)
    xp = np.pad(x, ((0, 0), (0, 0), down, right))
    batch = []
    for n in range(x.shape[0]):
        maps = []
        for f in range(w.shape[0]):
            acc = 0
            for c in range(x.shape[1]):
                acc = acc + corr2d(xp[n, c], w[f, c], stride, dilation) + b[f]
            maps.append(acc)
        batch.append(maps)
    return np.array(batch, dtype=x.dtype)
