"""exercise: smooth_unit
belief: np.vectorize (or a list of Python floats) keeps the precision of the array.
"""

import math

import numpy as np


def smooth_unit(z, kind):
    phi = np.vectorize(lambda t: 0.5 * math.erfc(-t / math.sqrt(2)), otypes=[float])
    e = np.exp(-np.abs(z))
    s = np.where(z >= 0, 1 / (1 + e), e / (1 + e))
    if kind == "softplus":
        return np.maximum(z, 0) + np.log1p(e), s
    if kind == "silu":
        return z * s, s + z * e / (1 + e) ** 2
    cdf = phi(z)
    pdf = np.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)
    return z * cdf, cdf + z * pdf
