"""exercise: fold_batch_norm
belief: The convolution's bias stays, the normalization only adds its shift.
"""

import numpy as np


def fold_batch_norm(w, b, gamma, beta, running_mean, running_var, eps=1e-5):
    k = gamma / np.sqrt(running_var + eps)
    return w * k.reshape(-1, 1, 1, 1), b + beta - k * running_mean
