"""exercise: scaled_step
belief: By the chain rule the gradient is multiplied by c.
"""

import numpy as np


def scaled_step(w, gradient, c, lr):
    k = c[:, np.newaxis]
    return k * w - lr * k * gradient, np.full_like(c, lr)
