"""exercise: standardize
belief: A deviation below a thousandth is as good as none, and the feature is only centred.
"""

import numpy as np


def standardize(train, test):
    mu = train.mean(axis=0)
    sd = train.std(axis=0)
    sd = np.where(sd < 1e-3, 1.0, sd)
    scale = lambda a: ((a - mu) / sd).astype(train.dtype)
    return scale(train), scale(test)
