"""exercise: standardize
belief: A tiny number in the denominator takes care of constant features.
"""

import numpy as np


def standardize(train, test):
    mu = train.mean(0)
    sd = train.std(0) + np.asarray(1e-8, train.dtype)
    return (train - mu) / sd, (test - mu) / sd
