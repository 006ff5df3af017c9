"""exercise: dropout_fault
belief: A layer that is still on at test time gives the same output as in training.
"""

import numpy as np


def dropout_fault(x, train, test):
    k = train != 0
    p = 1 - float(k.mean())
    if np.allclose(train, test):
        return "left-on", p
    factor = np.median((train / x)[k])
    if np.isclose(factor, 1):
        return ("never-scaled" if np.allclose(test, x) else "original"), p
    if np.allclose(test, (1 - p) * x):
        return "scaled-twice", p
    if np.all(k == k[:1]):
        return "one-mask", p
    return "inverted", p
