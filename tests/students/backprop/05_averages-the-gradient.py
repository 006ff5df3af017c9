"""exercise: dense_backward
belief: The slopes of weights and biases are averages over the batch, dW = 1/m dZ^T X as in the online course.
"""

import numpy as np


def dense_backward(dy, x, w):
    m = x.shape[0]
    dZ = dy
    A_prev = x

    dW = (1 / m) * np.dot(dZ.T, A_prev)
    db = (1 / m) * np.sum(dZ, axis=0)
    dA_prev = np.dot(dZ, w)
    return dA_prev, dW, db
