"""exercise: smooth_unit
belief: The derivative of z times a gate is the gate.
"""

import math

import numpy as np


def smooth_unit(z, kind):
    s = 0.5 * (1 + np.tanh(z / 2))
    if kind == "softplus":
        return np.logaddexp(0, z).astype(z.dtype), s.astype(z.dtype)
    if kind == "silu":
        gate = s
    else:
        gate = np.array([0.5 * math.erfc(-t / math.sqrt(2)) for t in z.ravel()]).reshape(z.shape)
    return (z * gate).astype(z.dtype), gate.astype(z.dtype)
