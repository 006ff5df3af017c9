"""exercise: batch_norm_inference
belief: The mean of what comes in, the spread that was learned.
"""

import numpy as np


def batch_norm_inference(x, gamma, beta, running_mean, running_var, eps=1e-5):
    centred = x - np.mean(x, axis=0, keepdims=True)
    return centred / np.sqrt(running_var + eps) * gamma + beta
