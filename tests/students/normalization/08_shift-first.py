"""exercise: batch_norm_forward
belief: The shift belongs to the input and is scaled with it.
"""

import numpy as np


def batch_norm_forward(x, gamma, beta, eps=1e-5):
    mu = x.mean(axis=0)
    var = x.var(axis=0)
    xhat = (x - mu) / np.sqrt(var + eps)
    return gamma * (xhat + beta), mu, var
