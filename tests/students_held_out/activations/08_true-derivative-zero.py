"""exercise: hard_unit
belief: The derivative of a step is 0 almost everywhere, so the derivative array is 0.
"""

import numpy as np


def hard_unit(z, kind):
    da = np.zeros_like(z)
    if kind == "step":
        a = np.heaviside(z, 1).astype(z.dtype)
    elif kind == "sign":
        a = np.sign(z)
    else:
        a = np.clip(z + 0.5, 0, 1).astype(z.dtype)
        da[np.abs(z) < 0.5] = 1
    return a, da
