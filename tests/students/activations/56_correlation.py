"""exercise: whose_mistake
belief: The shape tells: the suspect whose values correlate best with the claim has done it.
"""

import numpy as np


def whose_mistake(z, claimed):
    s = lambda t: 1.0 / (1.0 + np.exp(-t))
    prime = lambda t: s(t) * (1 - s(t))
    stories = {
        "right": prime(z),
        "at the output": prime(s(z)),
        "output formula": z * (1 - z),
        "squared": prime(z) ** 2,
        "activation": s(z),
        "tanh": 1 / np.cosh(z) ** 2,
        "sign": -prime(z),
    }
    best, name = -2.0, None
    for key, story in stories.items():
        r = np.corrcoef(story, claimed)[0, 1]
        if r > best + 1e-6:
            best, name = r, key
    return name
