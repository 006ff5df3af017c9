"""exercise: whose_mistake
belief: A derivative of the sigmoid is positive; if all that came back is negative, the sign was turned.
"""

import numpy as np


def whose_mistake(z, claimed):
    if np.all(claimed < 0):
        return "sign"
    if np.any(claimed < 0):
        return "output formula"
    a = 1 / (1 + np.exp(-z))
    d = a * (1 - a)
    aa = 1 / (1 + np.exp(-a))
    names = ["right", "at the output", "output formula", "squared", "activation", "tanh"]
    rows = np.stack([d, aa * (1 - aa), z - z**2, d**2, a, 1 - np.tanh(z) ** 2])
    return names[int(np.argmin(np.abs(rows - claimed).sum(axis=1)))]
