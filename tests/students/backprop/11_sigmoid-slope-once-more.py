"""exercise: binary_cross_entropy
belief: The slope with respect to the logit has the factor p (1 - p) of the sigmoid after p - t.
"""

import numpy as np


def binary_cross_entropy(logits, targets):
    n = logits.shape[0]
    loss = np.mean(np.logaddexp(0, logits) - targets * logits)

    p = np.exp(-np.logaddexp(0, -logits))
    dloss_dp = (p - targets) / n
    dp_dz = p * (1 - p)
    return float(loss), (dloss_dp * dp_dz).astype(logits.dtype)
