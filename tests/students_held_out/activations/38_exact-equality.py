"""exercise: whose_mistake
belief: The claimed numbers can be compared for equality with the computed ones.
"""

import numpy as np


def whose_mistake(z, claimed):
    a = 1 / (1 + np.exp(-z))
    da = a * (1 - a)
    b = 1 / (1 + np.exp(-a))
    if np.array_equal(claimed, da):
        return "right"
    if np.array_equal(claimed, b * (1 - b)):
        return "at the output"
    if np.array_equal(claimed, z * (1 - z)):
        return "output formula"
    if np.array_equal(claimed, da ** 2):
        return "squared"
    if np.array_equal(claimed, a):
        return "activation"
    if np.array_equal(claimed, 1 - np.tanh(z) ** 2):
        return "tanh"
    return "sign"
