"""exercise: logistic_loss
belief: The chain rule brings the derivative of the sigmoid.
"""

import numpy as np


def logistic_loss(x, y, theta):
    z = x @ theta
    a = sigmoid(z)
    loss = np.mean(np.logaddexp(0, z) - y * z)
    dz = (a - y) * a * (1 - a)
    return float(loss), x.T @ dz / len(y)
