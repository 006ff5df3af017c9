"""exercise: dropout_fault
belief: p is the share of what is left.
"""

import numpy as np


def dropout_fault(x, train, test):
    p = np.count_nonzero(train) / train.size
    holes = train == 0
    if (test == 0).any():
        return "left-on", p
    if (holes == holes[0]).all():
        return "one-mask", p
    scaled = not np.allclose(train[~holes], x[~holes])
    shrunk = not np.allclose(test, x)
    if scaled and shrunk:
        return "scaled-twice", p
    if scaled:
        return "inverted", p
    return ("original" if shrunk else "never-scaled"), p
