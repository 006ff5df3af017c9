"""exercise: mse
belief: The root mean squared error is the mean of the roots of the squared errors.
"""

import numpy as np


def mse(prediction, target, root=False):
    p = np.asarray(prediction).ravel()
    t = np.asarray(target).ravel()
    squares = (p - t) ** 2
    if root:
        return float(np.mean(np.sqrt(squares)))
    return float(np.mean(squares))
