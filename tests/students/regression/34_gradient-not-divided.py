"""exercise: logistic_loss
belief: The loss is averaged, the gradient is X'(p - y).
"""

import numpy as np


def logistic_loss(x, y, theta):
    z = x @ theta
    loss = np.mean(np.maximum(z, 0) - y * z + np.log(1 + np.exp(-np.abs(z))))
    return float(loss), x.T @ (sigmoid(z) - y)
