"""exercise: scaled_step
belief: Same loss, same gradient, same rate.
"""

import numpy as np


def scaled_step(w, gradient, c, lr):
    return c[:, None] * w - lr * gradient, np.full(len(c), lr, c.dtype)
