"""exercise: squash
belief: Sigmoid is e^z/(1+e^z), from the lecture.
"""

import numpy as np


def squash(z, kind):
    if kind == "sigmoid":
        e = np.exp(z)
        a = e / (1 + e)
        return a, a * (1 - a)
    a = np.tanh(z)
    return a, 1 - a**2
