"""exercise: rotary_positions
belief: The pair can be turned one feature after the other in the same array.
"""

import numpy as np


def rotary_positions(x, positions, base=10000.0):
    D = x.shape[-1]
    theta = base ** (-2.0 * np.arange(D // 2) / D)
    angle = np.asarray(positions)[:, None] * theta[None, :]
    cos, sin = np.cos(angle).astype(x.dtype), np.sin(angle).astype(x.dtype)
    y = x.copy()
    y[..., 0::2] = cos * y[..., 0::2] - sin * y[..., 1::2]
    y[..., 1::2] = sin * y[..., 0::2] + cos * y[..., 1::2]
    return y
