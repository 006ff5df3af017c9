"""exercise: whose_mistake
belief: The first number already tells who it was.
"""

import numpy as np


def whose_mistake(z, claimed):
    s = 1 / (1 + np.exp(-z))
    p = s * (1 - s)
    t = 1 / (1 + np.exp(-s))
    names = ["right", "at the output", "output formula", "squared", "activation", "tanh", "sign"]
    values = [p, t * (1 - t), z * (1 - z), p**2, s, 1 - np.tanh(z) ** 2, -p]
    for name, v in zip(names, values):
        if abs(v[0] - claimed[0]) < 1e-5:
            return name
    return "right"
