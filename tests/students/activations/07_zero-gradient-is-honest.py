"""exercise: hard_unit
belief: The derivative of a step function is zero, so I return zeros.
"""

import numpy as np


def hard_unit(z, kind):
    if kind == "step":
        a = np.heaviside(z, 1).astype(z.dtype)
        da = np.zeros_like(z)
    elif kind == "sign":
        a = np.sign(z)
        da = np.zeros_like(z)
    else:
        a = np.clip(z + 0.5, 0, 1)
        da = (np.abs(z) < 0.5).astype(z.dtype)
    return a, da
