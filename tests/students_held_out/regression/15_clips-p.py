"""exercise: logistic_loss
belief: Clipping the probabilities away from 0 and 1 makes the logarithm safe and changes
nothing that matters.
"""

import numpy as np


def logistic_loss(x, y, theta):
    p = 1 / (1 + np.exp(-(x @ theta)))
    p_safe = np.clip(p, 1e-12, 1 - 1e-12)
    loss = -np.mean(y * np.log(p_safe) + (1 - y) * np.log(1 - p_safe))
    grad = x.T @ (p - y) / len(y)
    return float(loss), grad.astype(x.dtype)
