"""exercise: squash
belief: The derivative can always be computed from the output, a(1 - a) and 1 - a^2.
"""

import numpy as np


def squash(z, kind):
    if kind == "sigmoid":
        a = np.empty_like(z)
        pos = z >= 0
        a[pos] = 1 / (1 + np.exp(-z[pos]))
        e = np.exp(z[~pos])
        a[~pos] = e / (1 + e)
        return a, a * (1 - a)
    a = np.tanh(z)
    return a, 1 - a ** 2
