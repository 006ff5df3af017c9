"""exercise: dropout
belief: The formula is valid for every p.
"""

import numpy as np


def dropout(x, dy, u, p, training=True):
    if not training:
        return x.copy(), dy.copy()
    k = (u >= p).astype(x.dtype)
    scale = np.divide(1.0, 1.0 - p)
    factor = k * x.dtype.type(scale)
    return x * factor, dy * factor
