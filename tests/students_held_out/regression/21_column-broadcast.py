"""exercise: mse
belief: NumPy matches entries of a row and a column by itself, so a plain subtraction is enough.
"""

import numpy as np


def mse(prediction, target, root=False):
    error = prediction - target
    result = np.mean(error ** 2)
    if root:
        result = np.sqrt(result)
    return float(result)
