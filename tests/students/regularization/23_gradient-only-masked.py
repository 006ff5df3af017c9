"""exercise: dropout
belief: The gradient passes through the units that were kept; the factor is only there for the
activations.
"""

import numpy as np


def dropout(x, dy, u, p, training=True):
    if not training:
        return x.copy(), dy.copy()
    mask = u >= p
    y = np.zeros_like(x)
    if p < 1:
        y[mask] = x[mask] / (1 - p)
    dx = np.zeros_like(dy)
    dx[mask] = dy[mask]
    return y, dx
