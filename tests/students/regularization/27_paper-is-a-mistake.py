"""exercise: dropout_fault
belief: A layer that does not scale in training is wrong.
"""

import numpy as np


def dropout_fault(x, train, test):
    holes = train == 0
    p = float(holes.mean())
    if (test == 0).any():
        return "left-on", p
    if (holes == holes[0]).all():
        return "one-mask", p
    if np.allclose(train[~holes], x[~holes]):
        return "never-scaled", p
    if np.allclose(test, x):
        return "inverted", p
    return "scaled-twice", p
