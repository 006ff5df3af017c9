"""exercise: predict
belief: It fires while the sum is under the threshold.
"""

import numpy as np


def predict(x, w, threshold, at_zero=1.0):
    z = threshold - x @ w.T
    return np.where(z > 0, 1.0, np.where(z < 0, 0.0, at_zero)).astype(x.dtype)
