"""exercise: standardize
belief: More data give better statistics, so take both sets together.
"""

import numpy as np


def standardize(train, test):
    both = np.concatenate([train, test.astype(train.dtype)])
    mu = both.mean(axis=0)
    sd = both.std(axis=0)
    sd = np.where(sd == 0, np.ones_like(sd), sd)
    return (train - mu) / sd, (test - mu) / sd
