"""exercise: mse
belief: NumPy lines the entries up by itself, whatever the shapes.
"""

import numpy as np


def mse(prediction, target, root=False):
    diff = prediction - target
    value = (diff**2).mean()
    if root:
        value = np.sqrt(value)
    return float(value)
