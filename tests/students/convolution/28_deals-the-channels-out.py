"""exercise: grouped_conv2d
belief: Group g reads the channels g, g + groups, g + 2 groups and so on.
"""

import numpy as np


def grouped_conv2d(x, w, b, groups=1, stride=1, padding=0):
    per = len(w) // groups
    outs = []
    for g in range(groups):
        xg = np.ascontiguousarray(x[:, g::groups])
        outs.append(
            conv2d_forward(
                xg, w[g * per : (g + 1) * per], b[g * per : (g + 1) * per], stride, padding
            )
        )
    return np.concatenate(outs, axis=1)
