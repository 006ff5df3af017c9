"""exercise: rectifier
belief: ELU is alpha e^z on the left.
"""

import numpy as np


def rectifier(z, kind="leaky", alpha=0.01):
    if type(alpha) is tuple:
        alpha = 0.5 * (alpha[0] + alpha[1])
    pos = z > 0
    if kind == "elu":
        e = alpha * np.exp(np.where(pos, 0, z))
        return np.where(pos, z, e).astype(z.dtype), np.where(pos, 1, e).astype(z.dtype)
    return np.where(pos, z, alpha * z).astype(z.dtype), np.where(pos, 1, alpha + 0 * z).astype(
        z.dtype
    )
