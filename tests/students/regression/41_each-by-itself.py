"""exercise: design_matrix
belief: Each table is scaled by its own columns.
"""

import numpy as np


def design_matrix(train, other, scaling="standard"):
    def scale(a):
        if scaling == "standard":
            m, s = a.mean(axis=0), a.std(axis=0)
        else:
            m, s = a.min(axis=0), a.max(axis=0) - a.min(axis=0)
        b = (a - m) / np.where(s == 0, 1, s)
        return np.hstack([np.ones((len(a), 1), a.dtype), b])

    return scale(train), scale(other)
