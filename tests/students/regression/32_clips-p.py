"""exercise: logistic_loss
belief: Clipping p keeps the logarithm finite.
"""

import numpy as np


def logistic_loss(x, y, theta):
    eps = 1e-15
    p = sigmoid(x @ theta)
    q = np.clip(p, eps, 1 - eps)
    loss = -np.mean(y * np.log(q) + (1 - y) * np.log(1 - q))
    return float(loss), x.T @ (p - y) / len(y)
