"""exercise: binary_cross_entropy
belief: A target is yes or no, so I take the one branch where it is at least one half and the other branch elsewhere.
"""

import numpy as np


def binary_cross_entropy(logits, targets):
    yes = targets >= 0.5
    per_sample = np.where(yes, np.logaddexp(0, -logits), np.logaddexp(0, logits))
    p = np.exp(-np.logaddexp(0, -logits))
    dlogits = (p - yes) / logits.size
    return float(per_sample.mean()), dlogits.astype(logits.dtype)
