"""exercise: design_matrix
belief: First the ones are put in front, then all columns are scaled.
"""

import numpy as np


def design_matrix(train, other, scaling="standard"):
    train = np.hstack([np.ones((len(train), 1), train.dtype), train])
    other = np.hstack([np.ones((len(other), 1), other.dtype), other])
    if scaling == "standard":
        shift, spread = train.mean(axis=0), train.std(axis=0)
    else:
        shift, spread = train.min(axis=0), np.ptp(train, axis=0)
    constant = np.ptp(train, axis=0) == 0
    spread = np.where(constant, 1, spread)
    a, b = (train - shift) / spread, (other - shift) / spread
    a[:, constant] = 0
    b[:, constant] = 0
    return a, b
