"""exercise: hard_unit
belief: A neuron fires when its input is positive.
"""

import numpy as np


def hard_unit(z, kind):
    if kind == "step":
        return np.where(z > 0, 1.0, 0.0).astype(z.dtype), np.ones_like(z)
    if kind == "sign":
        return np.sign(z), np.ones_like(z)
    a = np.minimum(np.maximum(z + 0.5, 0), 1)
    da = np.where((z > -0.5) & (z < 0.5), 1.0, 0.0).astype(z.dtype)
    return a, da
