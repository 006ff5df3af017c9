"""exercise: rotary_positions
belief: Positions follow each other, so the first one and the length say all.
"""

import numpy as np


def rotary_positions(x, positions, base=10000.0):
    N, H, T, D = x.shape
    p = positions[0] + np.arange(T)
    theta = base ** (-np.arange(0, D, 2) / D)
    angle = p[:, None] * theta
    c, s = np.cos(angle).astype(x.dtype), np.sin(angle).astype(x.dtype)
    y = np.empty_like(x)
    y[..., 0::2] = c * x[..., 0::2] - s * x[..., 1::2]
    y[..., 1::2] = s * x[..., 0::2] + c * x[..., 1::2]
    return y
