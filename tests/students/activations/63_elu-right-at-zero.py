"""exercise: rectifier
belief: An ELU is smooth at 0, so it does not matter which side the derivative at 0 is taken from.
"""

import numpy as np


def rectifier(z, kind="leaky", alpha=0.01):
    if isinstance(alpha, tuple):
        alpha = (alpha[0] + alpha[1]) / 2
    alpha = np.asarray(alpha, dtype=z.dtype)
    if kind == "leaky":
        a = np.where(z > 0, z, alpha * z)
        da = np.where(z > 0, np.ones_like(z), alpha * np.ones_like(z))
    else:
        e = np.exp(np.minimum(z, 0))
        a = np.where(z >= 0, z, alpha * np.expm1(np.minimum(z, 0)))
        da = np.where(z >= 0, np.ones_like(z), alpha * e)
    return a.astype(z.dtype), da.astype(z.dtype)
