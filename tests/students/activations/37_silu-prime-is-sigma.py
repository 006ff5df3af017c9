"""exercise: smooth_unit
belief: SiLU is z sigma(z), so its derivative is sigma(z).
"""

import math

import numpy as np


def smooth_unit(z, kind):
    e = np.exp(-np.abs(z))
    s = np.where(z >= 0, np.ones_like(z), e) / (1 + e)
    if kind == "softplus":
        return np.logaddexp(z, 0), s
    if kind == "silu":
        return z * s, s
    phi = np.array([0.5 * math.erfc(-t / math.sqrt(2)) for t in z.ravel()], dtype=z.dtype).reshape(
        z.shape
    )
    pdf = np.exp(-0.5 * z * z) * (1 / math.sqrt(2 * math.pi))
    return z * phi, phi + z * pdf
