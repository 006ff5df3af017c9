"""exercise: design_matrix
belief: The standard deviation of a sample is divided by N - 1.
"""

import numpy as np


def design_matrix(train, other, scaling="standard"):
    a = np.ones((train.shape[0], train.shape[1] + 1), dtype=train.dtype)
    b = np.ones((other.shape[0], train.shape[1] + 1), dtype=train.dtype)
    for j in range(train.shape[1]):
        col = train[:, j]
        if col.max() == col.min():
            a[:, j + 1] = 0
            b[:, j + 1] = 0
            continue
        if scaling == "standard":
            m, s = col.mean(), col.std(ddof=1)
        else:
            m, s = col.min(), col.max() - col.min()
        a[:, j + 1] = (col - m) / s
        b[:, j + 1] = (other[:, j] - m) / s
    return a, b
