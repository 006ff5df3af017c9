"""exercise: batch_norm_inference
belief: Epsilon guards the division, outside of the root.
"""

import numpy as np


def batch_norm_inference(x, gamma, beta, running_mean, running_var, eps=1e-5):
    z = (x - running_mean) / (np.sqrt(running_var) + eps)
    return gamma * z + beta
