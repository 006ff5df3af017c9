"""exercise: hard_unit
belief: The step is 1 only where z is larger than 0, and at 0 it is 0.
"""

import numpy as np


def hard_unit(z, kind):
    ones = np.ones_like(z)
    if kind == "step":
        return np.where(z > 0, 1.0, 0.0).astype(z.dtype), ones
    if kind == "sign":
        return np.sign(z), ones
    a = np.minimum(np.maximum(z + 0.5, 0), 1)
    inside = (z > -0.5) & (z < 0.5)
    return a.astype(z.dtype), inside.astype(z.dtype)
