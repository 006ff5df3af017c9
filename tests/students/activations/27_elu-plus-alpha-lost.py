"""exercise: rectifier
belief: The derivative of ELU on the left is e^z.
"""

import numpy as np


def rectifier(z, kind="leaky", alpha=0.01):
    if isinstance(alpha, tuple):
        lo, hi = alpha
        alpha = (lo + hi) / 2
    a, da = z.copy(), np.ones_like(z)
    left = z <= 0
    full = np.broadcast_to(np.asarray(alpha, dtype=z.dtype), z.shape)
    if kind == "elu":
        a[left] = full[left] * (np.exp(z[left]) - 1)
        da[left] = np.exp(z[left])
    else:
        a[left] = full[left] * z[left]
        da[left] = full[left]
    return a, da
