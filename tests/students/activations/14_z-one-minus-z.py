"""exercise: squash
belief: The derivative is x(1-x), as in the famous eleven-line network.
"""

import numpy as np


def squash(z, kind):
    if kind == "sigmoid":
        small = np.exp(-np.abs(z))
        return np.exp(np.minimum(z, 0)) / (1 + small), z * (1 - z)
    small = np.exp(-2 * np.abs(z))
    return np.tanh(z), 4 * small / (1 + small) ** 2
