"""exercise: batch_norm_forward
belief: The layer returns mean and standard deviation.
"""

import numpy as np


def batch_norm_forward(x, gamma, beta, eps=1e-5):
    m = x.mean(axis=0)
    s = np.sqrt(x.var(axis=0) + eps)
    return gamma * ((x - m) / s) + beta, m, s
