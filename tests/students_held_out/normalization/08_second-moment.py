"""exercise: batch_norm_forward
belief: The variance is the mean of the squares.
"""

import numpy as np


def batch_norm_forward(x, gamma, beta, eps=1e-5):
    m = x.mean(axis=0)
    v = (x**2).mean(axis=0)
    return gamma * (x - m) / np.sqrt(v + eps) + beta, m, v
