"""exercise: hard_unit
belief: At z = 1/2 the unit is still on the ramp.
"""

import numpy as np


def hard_unit(z, kind):
    if kind == "step":
        a = np.zeros_like(z)
        a[z >= 0] = 1
        return a, np.ones_like(z)
    if kind == "sign":
        return np.sign(z), np.ones_like(z)
    da = np.ones_like(z)
    da[z > 0.5] = 0
    da[z < -0.5] = 0
    return np.clip(z + 0.5, 0, 1), da
