"""exercise: mse_gradient
belief: The 2 cancels with the one half in front, as in the lecture.
"""

import numpy as np


def mse_gradient(x, y, theta):
    m = len(y)
    predictions = x.dot(theta)
    return (1 / m) * x.T.dot(predictions - y)
