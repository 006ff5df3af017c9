"""exercise: global_avg_pool
belief: A reshape to (N, H * W, C) collects the pixels of each channel in a column.
"""

import numpy as np


def global_avg_pool(x):
    n, c, h, w = x.shape
    pixels = x.reshape(n, h * w, c)
    return pixels.mean(axis=1)
