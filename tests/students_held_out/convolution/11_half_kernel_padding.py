"""exercise: conv2d_forward
belief: "Same" is padding of half the kernel on every side.
"""

import numpy as np


def conv2d_forward(x, w, b, stride=1, padding=0, dilation=1):
    F, C, KH, KW = w.shape
    if padding == "same":
        ph, pw = KH // 2 * dilation, KW // 2 * dilation
    elif padding == "valid":
        ph = pw = 0
    else:
        ph = pw = padding
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    oh = (xp.shape[2] - dilation * (KH - 1) - 1) // stride + 1
    ow = (xp.shape[3] - dilation * (KW - 1) - 1) // stride + 1
    y = np.zeros((len(x), F, oh, ow), dtype=x.dtype)
    for i in range(oh):
        for j in range(ow):
            r, s = i * stride, j * stride
            patch = xp[
                :, :, r : r + dilation * (KH - 1) + 1 : dilation,
                s : s + dilation * (KW - 1) + 1 : dilation,
            ]
            y[:, :, i, j] = np.tensordot(patch, w, axes=((1, 2, 3), (1, 2, 3))) + b
    return y
