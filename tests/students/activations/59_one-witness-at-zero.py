"""exercise: whose_mistake
belief: At zero all suspects say something different, so the place nearest to zero is enough.
"""

import numpy as np


def whose_mistake(z, claimed):
    value = claimed[np.argmin(np.abs(z))]
    at_zero = {
        "right": 0.25,
        "at the output": 0.235004,
        "output formula": 0.0,
        "squared": 0.0625,
        "activation": 0.5,
        "tanh": 1.0,
        "sign": -0.25,
    }
    return min(at_zero, key=lambda name: abs(at_zero[name] - value))
