"""exercise: squash
belief: One of the two forms of the sigmoid is enough, e^z / (1 + e^z).
"""

import numpy as np


def squash(z, kind):
    if kind == "sigmoid":
        ez = np.exp(z)
        a = ez / (1 + ez)
        da = ez / (1 + ez) ** 2
    else:
        a = np.tanh(z)
        da = 1 / np.cosh(z) ** 2
    return a, da
