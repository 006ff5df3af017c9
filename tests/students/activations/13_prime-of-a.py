"""exercise: squash
belief: I reuse sigma prime on the output because backprop stores only a.
"""

import numpy as np


def squash(z, kind):
    def sig(t):
        e = np.exp(-np.abs(t))
        return np.where(t >= 0, 1 / (1 + e), e / (1 + e)).astype(t.dtype)

    def sig_prime(t):
        e = np.exp(-np.abs(t))
        return e / (1 + e) ** 2

    if kind == "sigmoid":
        a = sig(z)
        return a, sig_prime(a)
    e = np.exp(-2 * np.abs(z))
    return np.tanh(z), 4 * e / (1 + e) ** 2
