"""exercise: predict
belief: Floats are never equal, so one compares with a tolerance.
"""

import numpy as np


def predict(x, w, threshold, at_zero=1.0):
    z = x @ w.T - threshold
    y = (z > 0).astype(x.dtype)
    y[np.isclose(z, 0.0)] = at_zero
    return y
