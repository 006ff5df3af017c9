"""exercise: fold_batch_norm
belief: The factor belongs to the second axis, as channels do in images.
"""

import numpy as np


def fold_batch_norm(w, b, gamma, beta, running_mean, running_var, eps=1e-5):
    k = gamma / np.sqrt(running_var + eps)
    if w.shape[1] == len(k):
        new = w * k.reshape(1, -1, 1, 1)
    else:
        new = w * np.mean(k)
    return new, beta + k * (b - running_mean)
