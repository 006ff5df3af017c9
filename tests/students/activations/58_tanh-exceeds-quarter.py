"""exercise: whose_mistake
belief: The derivative of tanh is four times as high as the sigmoid's, so it can only be tanh where something above a quarter was returned.
"""

import numpy as np


def whose_mistake(z, claimed):
    sig = lambda t: 0.5 + 0.5 * np.tanh(t / 2)
    a = sig(z)
    d = a * (1 - a)
    table = {
        "right": d,
        "at the output": sig(a) * (1 - sig(a)),
        "output formula": z * (1 - z),
        "squared": d**2,
        "activation": a,
        "sign": -d,
    }
    if claimed.max() > 0.25 + 1e-6:
        table["tanh"] = 1 - np.tanh(z) ** 2
    return min(table, key=lambda name: np.max(np.abs(table[name] - claimed)))
