"""exercise: logistic_loss
belief: The formula as it stands.
"""

import numpy as np


def logistic_loss(x, y, theta):
    p = 1 / (1 + np.exp(-(x @ theta)))
    loss = -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
    grad = x.T @ (p - y) / len(y)
    return loss, grad
