"""exercise: design_matrix
belief: A small number in the denominator prevents the division by zero.
"""

import numpy as np


def design_matrix(train, other, scaling="standard"):
    eps = 1e-8
    if scaling == "min-max":
        lo, hi = train.min(axis=0), train.max(axis=0)
        a, b = (train - lo) / (hi - lo + eps), (other - lo) / (hi - lo + eps)
    else:
        mu, sd = train.mean(axis=0), train.std(axis=0)
        a, b = (train - mu) / (sd + eps), (other - mu) / (sd + eps)
    one = np.ones
    return (
        np.hstack((one((len(a), 1), a.dtype), a)),
        np.hstack((one((len(b), 1), b.dtype), b)),
    )
