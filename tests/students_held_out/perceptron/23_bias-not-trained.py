"""exercise: adaline_update
belief: The bias is a constant.
"""

import numpy as np


def adaline_update(w, x, target, lr):
    z = w[0] + w[1:] @ x
    return np.concatenate([w[:1], w[1:] + lr * (target - z) * x]).astype(w.dtype)
