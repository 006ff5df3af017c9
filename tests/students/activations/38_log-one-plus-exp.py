"""exercise: smooth_unit
belief: Softplus is ln(1+e^z), just as it is written.
"""

import math

import numpy as np


def smooth_unit(z, kind):
    e = np.exp(-np.abs(z))
    s = np.where(z >= 0, np.ones_like(z), e) / (1 + e)
    if kind == "softplus":
        return np.log(1 + np.exp(z)), s
    if kind == "silu":
        return z * s, s + z * s * (1 - s)
    phi = normal_cdf(z)
    return z * phi, phi + z * np.exp(-z * z / 2) / math.sqrt(2 * math.pi)
