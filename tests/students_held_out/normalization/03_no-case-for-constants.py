"""exercise: standardize
belief: Subtract the mean and divide by the deviation, nothing else is needed.
"""

import numpy as np


def standardize(train, test):
    m, s = train.mean(axis=0), train.std(axis=0)
    with np.errstate(all="ignore"):
        return (train - m) / s, (test - m) / s
