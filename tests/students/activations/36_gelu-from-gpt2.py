"""exercise: smooth_unit
belief: GELU is the formula with tanh and 0.044715.
"""

import math

import numpy as np


def smooth_unit(z, kind):
    if kind == "softplus":
        e = np.exp(-np.abs(z))
        return np.maximum(z, 0) + np.log1p(e), np.where(z >= 0, np.ones_like(z), e) / (1 + e)
    if kind == "silu":
        e = np.exp(-np.abs(z))
        s = np.where(z >= 0, np.ones_like(z), e) / (1 + e)
        return z * s, s * (1 + z * (1 - s))
    c = math.sqrt(2 / math.pi)
    t = np.tanh(c * (z + 0.044715 * z**3))
    return 0.5 * z * (1 + t), 0.5 * (1 + t) + 0.5 * z * (1 - t**2) * c * (1 + 3 * 0.044715 * z**2)
