"""exercise: fold_batch_norm
belief: A convolution before batch norm has no bias.
"""

import numpy as np


def fold_batch_norm(w, b, gamma, beta, running_mean, running_var, eps=1e-5):
    s = gamma / np.sqrt(running_var + eps)
    return w * s[:, None, None, None], beta - s * running_mean
