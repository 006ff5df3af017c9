"""exercise: rectifier
belief: At test time RReLU uses the smallest slope.
"""

import numpy as np


def rectifier(z, kind="leaky", alpha=0.01):
    if isinstance(alpha, tuple):
        alpha = alpha[0]
    below = np.minimum(z, 0)
    one = np.ones_like(z)
    if kind == "elu":
        return np.where(z > 0, z, alpha * np.expm1(below)), np.where(
            z > 0, one, alpha * np.exp(below)
        )
    return np.where(z > 0, z, alpha * below), np.where(z > 0, one, alpha * one)
