"""exercise: batch_norm_forward
belief: The spread that is returned is the one divided by.
"""

import numpy as np


def batch_norm_forward(x, gamma, beta, eps=1e-5):
    mu = x.mean(axis=0)
    v = x.var(axis=0) + eps
    y = gamma * (x - mu) / np.sqrt(v) + beta
    return y, mu, v
