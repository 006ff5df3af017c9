"""exercise: logistic_loss
belief: The logistic loss is log(1 + exp(-y z)), with the labels as they come.
"""

import numpy as np


def logistic_loss(x, y, theta):
    z = x @ theta
    loss = np.mean(np.logaddexp(0, -y * z))
    p = 0.5 * (1 + np.tanh(0.5 * z))
    grad = x.T @ (p - y) / len(y)
    return float(loss), grad
