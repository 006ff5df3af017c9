"""exercise: dense_forward
belief: To make the shapes fit the weights are reshaped to (D, F).
"""

import numpy as np


def dense_forward(x, w, b):
    N, D = x.shape
    F = w.shape[0]
    W = w.reshape(D, F)
    y = np.dot(x, W)
    y += b.reshape(1, F)
    return y
