"""exercise: grouped_conv2d
belief: Kernel f belongs to the group f modulo groups.
"""

import numpy as np


def grouped_conv2d(x, w, b, groups=1, stride=1, padding=0):
    D = w.shape[1]
    maps = []
    for f in range(len(w)):
        g = f % groups
        maps.append(
            conv2d_forward(x[:, g * D : (g + 1) * D], w[f : f + 1], b[f : f + 1], stride, padding)
        )
    return np.concatenate(maps, axis=1)
