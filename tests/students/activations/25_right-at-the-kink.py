"""exercise: rectifier
belief: At zero the derivative is one, as z >= 0 is active.
"""

import numpy as np


def rectifier(z, kind="leaky", alpha=0.01):
    if isinstance(alpha, tuple):
        alpha = np.mean(alpha).item()
    active = z >= 0
    low = np.minimum(z, 0)
    if kind == "elu":
        a = np.where(active, z, alpha * np.expm1(low))
        da = np.where(active, np.ones_like(z), alpha * np.exp(low))
    else:
        a = np.where(active, z, alpha * z)
        da = np.where(active, np.ones_like(z), alpha * np.ones_like(z))
    return a, da
