"""exercise: design_matrix
belief: The standard deviation divides by N - 1.
"""

import numpy as np


def design_matrix(train, other, scaling="standard"):
    if scaling == "standard":
        shift, scale = train.mean(0), train.std(0, ddof=1)
    else:
        shift, scale = train.min(0), train.max(0) - train.min(0)
    flat = train.max(0) == train.min(0)
    safe = np.where(flat, 1, scale)

    def f(a):
        z = (a - shift) / safe
        z[:, flat] = 0
        return np.c_[np.ones(len(a)), z].astype(train.dtype)

    return f(train), f(other)
