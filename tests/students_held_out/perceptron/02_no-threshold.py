"""exercise: predict
belief: The sum is compared with zero.
"""

import numpy as np


def predict(x, w, threshold, at_zero=1.0):
    s = x @ w.T
    out = np.where(s > 0, 1, 0).astype(x.dtype)
    out[s == 0] = at_zero
    return out
