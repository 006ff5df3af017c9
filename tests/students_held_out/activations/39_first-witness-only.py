"""exercise: whose_mistake
belief: The first place is enough to tell the suspects apart.
"""

import numpy as np


def whose_mistake(z, claimed):
    s = 1 / (1 + np.exp(-z))
    d = s * (1 - s)
    ss = 1 / (1 + np.exp(-s))
    table = {
        "right": d,
        "at the output": ss * (1 - ss),
        "output formula": z * (1 - z),
        "squared": d * d,
        "activation": s,
        "tanh": 1 - np.tanh(z) ** 2,
        "sign": -d,
    }
    for name, values in table.items():
        if abs(values[0] - claimed[0]) < 1e-5:
            return name
    return "right"
