"""exercise: standardize
belief: Deviation from training, but the mean is that of the data one looks at.
"""

import numpy as np


def standardize(train, test):
    s = train.std(axis=0)
    s[s == 0] = 1
    out = []
    for a in (train, test):
        out.append((a - np.mean(a, axis=0)) / s)
    return tuple(out)
