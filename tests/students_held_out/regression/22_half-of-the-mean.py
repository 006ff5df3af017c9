"""exercise: mse
belief: The mean squared error carries a factor 1/2, as in Andrew Ng's course and Bishop's book.
"""

import numpy as np


def mse(prediction, target, root=False):
    prediction = prediction.reshape(-1)
    target = target.reshape(-1)
    m = prediction.shape[0]
    cost = 1.0 / (2 * m) * np.sum((prediction - target) ** 2)
    return float(np.sqrt(cost)) if root else float(cost)
