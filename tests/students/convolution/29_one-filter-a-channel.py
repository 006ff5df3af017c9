"""exercise: grouped_conv2d
belief: Depthwise means one kernel for each channel; further kernels of a channel are left out.
"""

import numpy as np


def grouped_conv2d(x, w, b, groups=1, stride=1, padding=0):
    D = w.shape[1]
    maps = []
    for g in range(groups):
        part = x[:, g * D : (g + 1) * D]
        maps.append(conv2d_forward(part, w[g : g + 1], b[g : g + 1], stride, padding))
    return np.concatenate(maps, axis=1)
