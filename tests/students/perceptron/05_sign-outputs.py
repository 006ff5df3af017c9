"""exercise: predict
belief: A perceptron answers -1 or +1.
"""

import numpy as np


def predict(x, w, threshold, at_zero=1.0):
    z = x @ w.T - threshold
    y = np.where(z > 0, 1.0, -1.0)
    y = np.where(z == 0, at_zero, y)
    return y.astype(x.dtype)
