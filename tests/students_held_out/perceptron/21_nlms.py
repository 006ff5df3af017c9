"""exercise: adaline_update
belief: The step is divided by the size of the input.
"""

import numpy as np


def adaline_update(w, x, target, lr):
    xb = np.concatenate([np.ones(1), x]).astype(w.dtype)
    e = target - xb @ w
    return (w + lr * e * xb / (xb @ xb)).astype(w.dtype)
