"""exercise: logistic_loss
belief: By the chain rule the factor p(1 - p) remains in the gradient.
"""

import numpy as np


def logistic_loss(x, y, theta):
    z = x @ theta
    p = 0.5 * (1 + np.tanh(0.5 * z))
    loss = float(np.mean(np.logaddexp(0, (1 - 2 * y) * z)))
    delta = (p - y) * p * (1 - p)
    gradient = np.dot(x.T, delta) / x.shape[0]
    return loss, gradient
