"""exercise: whose_mistake
belief: np.allclose with its default tolerances allows for numbers that were printed with six decimals.
"""

import numpy as np


def whose_mistake(z, claimed):
    def sig(t):
        return 1 / (1 + np.exp(-t))

    def dsig(t):
        return sig(t) * (1 - sig(t))

    table = {
        "right": dsig(z),
        "at the output": dsig(sig(z)),
        "output formula": z * (1 - z),
        "squared": dsig(z) ** 2,
        "activation": sig(z),
        "tanh": 1 - np.tanh(z) ** 2,
    }
    for name, values in table.items():
        if np.allclose(claimed, values):
            return name
    return "sign"  # the only one that is left
