"""exercise: grouped_conv2d
belief: The maps of the groups are stacked and then read off map by map, all groups in turn.
"""

import numpy as np


def grouped_conv2d(x, w, b, groups=1, stride=1, padding=0):
    xs = np.split(x, groups, axis=1)
    ws = np.split(w, groups)
    bs = np.split(b, groups)
    parts = [conv2d_forward(p, q, r, stride, padding) for p, q, r in zip(xs, ws, bs)]
    y = np.stack(parts, axis=2)  # N, maps of a group, groups, OH, OW
    return y.reshape(y.shape[0], -1, *y.shape[3:])
