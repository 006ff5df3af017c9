"""exercise: smooth_unit
belief: Softplus looks like a smooth hinge, its derivative is tanh.
"""

import math

import numpy as np


def smooth_unit(z, kind):
    sig, dsig = squash(z, "sigmoid")
    if kind == "softplus":
        return np.logaddexp(0, z), np.tanh(z)
    if kind == "silu":
        return z * sig, sig + z * dsig
    cdf = normal_cdf(z)
    return z * cdf, cdf + z * np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
