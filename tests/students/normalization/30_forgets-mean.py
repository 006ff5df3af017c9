"""exercise: fold_batch_norm
belief: Filters are scaled, and the bias is scaled and shifted.
"""

import numpy as np


def fold_batch_norm(w, b, gamma, beta, running_mean, running_var, eps=1e-5):
    k = gamma / np.sqrt(running_var + eps)
    return w * k[:, None, None, None], k * b + beta
