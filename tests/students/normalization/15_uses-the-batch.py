"""exercise: batch_norm_inference
belief: Normalization needs the mean and variance of what comes in.
"""

import numpy as np


def batch_norm_inference(x, gamma, beta, running_mean, running_var, eps=1e-5):
    mu = x.mean(axis=0)
    var = x.var(axis=0)
    return gamma * (x - mu) / np.sqrt(var + eps) + beta
