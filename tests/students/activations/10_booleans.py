"""exercise: hard_unit
belief: A comparison already is zero and one.
"""

import numpy as np


def hard_unit(z, kind):
    if kind == "step":
        return z >= 0, np.ones_like(z)
    if kind == "sign":
        return np.sign(z), np.ones_like(z)
    inside = np.abs(z) < 0.5
    return np.where(inside, z + 0.5, z > 0).astype(z.dtype), inside.astype(z.dtype)
