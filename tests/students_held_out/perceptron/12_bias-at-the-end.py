"""exercise: perceptron_update
belief: The bias is the last weight.
"""

import numpy as np


def perceptron_update(w, x, target, lr):
    xb = np.append(x, 1).astype(w.dtype)
    y = float(xb @ w >= 0)
    return (w + lr * (target - y) * xb).astype(w.dtype)
