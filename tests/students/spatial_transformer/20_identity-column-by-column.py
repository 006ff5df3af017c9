"""exercise: identity_regression
belief: The six numbers are the columns of theta one after the other, (1, 0, 0, 1, 0, 0).
"""

import numpy as np


def identity_regression(hidden):
    weights = np.zeros((6, hidden))
    A = np.eye(2)
    t = np.zeros((2, 1))
    theta = np.hstack([A, t])
    bias = theta.flatten(order="F")
    return weights, bias
