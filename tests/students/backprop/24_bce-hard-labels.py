"""exercise: elementwise_loss
belief: A target is yes or no, so I take the one branch where it is at least one half and the other branch elsewhere.
"""

import numpy as np


def elementwise_loss(output, target, kind):
    if kind == "squares":
        gap = output - target
        return 0.5 * float(np.sum(gap**2)), gap
    logits, targets = output, target
    yes = targets >= 0.5
    per_sample = np.where(yes, np.logaddexp(0, -logits), np.logaddexp(0, logits))
    p = np.exp(-np.logaddexp(0, -logits))
    dlogits = (p - yes) / logits.size
    return float(per_sample.mean()), dlogits.astype(logits.dtype)
