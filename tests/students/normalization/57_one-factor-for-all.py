"""exercise: scaled_step
belief: The matrix as a whole became longer by one factor, so one effective rate holds for all rows.
"""

import numpy as np


def scaled_step(w, gradient, c, lr):
    long = w * c[:, None]
    new = long - lr * gradient / c[:, None]
    k = np.linalg.norm(long) / np.linalg.norm(w)
    rates = np.full(len(w), lr / k**2)
    return new.astype(w.dtype), rates.astype(w.dtype)
