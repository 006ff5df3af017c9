"""exercise: adaline_update
belief: The gradient of the squared error has a factor of 2.
"""

import numpy as np


def adaline_update(w, x, target, lr):
    xb = np.insert(x, 0, 1)
    z = w @ xb
    grad = -2 * (target - z) * xb
    return (w - lr * grad).astype(w.dtype)
