"""exercise: standardize
belief: The standard deviation of a sample divides by n - 1.
"""

import numpy as np


def standardize(train, test):
    mu = np.mean(train, axis=0)
    sd = np.std(train, axis=0, ddof=1)
    sd = np.where(sd == 0, 1.0, sd).astype(train.dtype)
    return (train - mu) / sd, (test - mu) / sd
