"""exercise: whose_mistake
belief: The story that equals the claims is the one.
"""

import numpy as np


def whose_mistake(z, claimed):
    s = 1 / (1 + np.exp(-z))
    p = s * (1 - s)
    t = 1 / (1 + np.exp(-s))
    table = {
        "right": p,
        "at the output": t * (1 - t),
        "output formula": z * (1 - z),
        "squared": p**2,
        "activation": s,
        "tanh": 1 - np.tanh(z) ** 2,
        "sign": -p,
    }
    for name, v in table.items():
        if (v == claimed).all():
            return name
    return "right"
