"""exercise: adaline_update
belief: One adds the rate times the gradient of the error.
"""

import numpy as np


def adaline_update(w, x, target, lr):
    xb = np.concatenate([[1.0], x]).astype(w.dtype)
    grad = (w @ xb - target) * xb
    return w + np.asarray(lr * grad, w.dtype)
