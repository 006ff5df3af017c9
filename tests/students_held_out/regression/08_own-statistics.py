"""exercise: design_matrix
belief: The other rows are standardised with their own mean and deviation, like the training
rows.
"""

import numpy as np


def design_matrix(train, other, scaling="standard"):
    def scale(a):
        if scaling == "standard":
            shift, width = a.mean(axis=0), a.std(axis=0)
        else:
            shift, width = a.min(axis=0), a.max(axis=0) - a.min(axis=0)
        width = np.where(width == 0, 1, width)
        a = (a - shift) / width
        return np.hstack([np.ones((a.shape[0], 1)), a]).astype(train.dtype)

    return scale(train), scale(other)
