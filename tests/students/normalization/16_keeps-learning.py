"""exercise: batch_norm_inference
belief: The running statistics go on being updated, and the new ones are used.
"""

import numpy as np


def batch_norm_inference(x, gamma, beta, running_mean, running_var, eps=1e-5):
    running_mean = 0.9 * running_mean + 0.1 * x.mean(axis=0)
    running_var = 0.9 * running_var + 0.1 * x.var(axis=0)
    return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta
