"""exercise: predict
belief: np.heaviside wants the value at zero as one half.
"""

import numpy as np


def predict(x, w, threshold, at_zero=1.0):
    return np.heaviside(x @ w.T - threshold, 0.5).astype(x.dtype)
