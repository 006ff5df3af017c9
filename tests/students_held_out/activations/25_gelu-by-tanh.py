"""exercise: smooth_unit
belief: GELU is 0.5 z (1 + tanh(sqrt(2/pi)(z + 0.044715 z^3))).
"""

import numpy as np


def smooth_unit(z, kind):
    e = np.exp(-np.abs(z))
    sig = np.where(z >= 0, 1 / (1 + e), e / (1 + e))
    if kind == "softplus":
        a = np.maximum(z, 0) + np.log1p(e)
        da = sig
    elif kind == "silu":
        a = z * sig
        da = sig + z * sig * np.where(z >= 0, e / (1 + e), 1 / (1 + e))
    else:
        c = np.sqrt(2 / np.pi)
        t = np.tanh(c * (z + 0.044715 * z ** 3))
        a = 0.5 * z * (1 + t)
        da = 0.5 * (1 + t) + 0.5 * z * (1 - t ** 2) * c * (1 + 3 * 0.044715 * z ** 2)
    return a.astype(z.dtype), da.astype(z.dtype)
