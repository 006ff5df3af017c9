"""exercise: avg_pool_forward
belief: The mean of a window of size k is its sum divided by k squared.
"""

import numpy as np


def avg_pool_forward(x, size, stride=None, padding=0):
    if stride is None:
        stride = size
    xp = np.pad(x, ((0, 0), (0, 0), (padding,) * 2, (padding,) * 2))
    oh = (xp.shape[2] - size) // stride + 1
    ow = (xp.shape[3] - size) // stride + 1
    y = np.zeros(x.shape[:2] + (oh, ow), dtype=x.dtype)
    for u in range(size):
        for v in range(size):
            y += xp[:, :, u : u + stride * oh : stride, v : v + stride * ow : stride]
    return y / size**2
