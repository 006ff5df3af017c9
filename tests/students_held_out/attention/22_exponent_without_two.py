"""exercise: rotary_positions
belief: Pair i turns by base ** (-i / D), since i counts the pairs.
"""

import numpy as np


def rotary_positions(x, positions, base=10000.0):
    D = x.shape[-1]
    i = np.arange(D // 2)
    theta = base ** (-i / D)
    angle = np.outer(positions, theta)          # (T, D/2)
    cos, sin = np.cos(angle), np.sin(angle)
    even, odd = x[..., 0::2], x[..., 1::2]
    y = np.empty_like(x)
    y[..., 0::2] = even * cos - odd * sin
    y[..., 1::2] = even * sin + odd * cos
    return y
