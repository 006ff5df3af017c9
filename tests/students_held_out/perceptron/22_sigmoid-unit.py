"""exercise: adaline_update
belief: The output of the unit is a sigmoid.
"""

import numpy as np


def adaline_update(w, x, target, lr):
    z = w[0] + w[1:] @ x
    e = target - 1 / (1 + np.exp(-z))
    new = w.copy()
    new[0] += lr * e
    new[1:] += lr * e * x
    return new
