"""exercise: hard_unit
belief: The straight-through estimator lets the gradient through only where |z| is at most 1
(hard tanh), as in binarized networks.
"""

import numpy as np


def hard_unit(z, kind):
    if kind == "piecewise_linear":
        a = np.where(z >= 0.5, 1, np.where(z <= -0.5, 0, z + 0.5))
        da = np.where((z >= 0.5) | (z <= -0.5), 0, 1)
        return a.astype(z.dtype), da.astype(z.dtype)
    if kind == "step":
        a = np.where(z >= 0, 1, 0)
    else:
        a = np.sign(z)
    da = np.where(np.abs(z) <= 1, 1, 0)
    return a.astype(z.dtype), da.astype(z.dtype)
