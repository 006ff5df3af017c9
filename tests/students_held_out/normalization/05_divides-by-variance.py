"""exercise: batch_norm_forward
belief: The variance is the scale that one divides by.
"""

import numpy as np


def batch_norm_forward(x, gamma, beta, eps=1e-5):
    m = np.mean(x, axis=0)
    v = np.mean((x - m) ** 2, axis=0)
    z = (x - m) / (v + eps)
    return z * gamma + beta, m, v
