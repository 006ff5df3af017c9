"""exercise: pool_forward
belief: The mean of a window of size k is its sum divided by k squared.
"""

import numpy as np


def pool_forward(x, size, stride=None, padding=0, kind="max"):
    if stride is None:
        stride = size
    fill = -np.inf if kind == "max" else 0.0
    xp = np.pad(x, ((0, 0), (0, 0), (padding,) * 2, (padding,) * 2), constant_values=fill)
    oh = (xp.shape[2] - size) // stride + 1
    ow = (xp.shape[3] - size) // stride + 1
    y = np.full(x.shape[:2] + (oh, ow), fill, dtype=x.dtype)
    for u in range(size):
        for v in range(size):
            tap = xp[:, :, u : u + stride * oh : stride, v : v + stride * ow : stride]
            y = np.maximum(y, tap) if kind == "max" else y + tap
    return y if kind == "max" else y / size**2
