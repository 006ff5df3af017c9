"""exercise: elementwise_loss
belief: The slope with respect to the logit has the factor p (1 - p) of the sigmoid after p - t.
"""

import numpy as np


def elementwise_loss(output, target, kind):
    if kind == "squares":
        gap = output - target
        return 0.5 * float(np.sum(gap**2)), gap
    logits, targets = output, target
    n = logits.size
    loss = np.mean(np.logaddexp(0, logits) - targets * logits)

    p = np.exp(-np.logaddexp(0, -logits))
    dloss_dp = (p - targets) / n
    dp_dz = p * (1 - p)
    return float(loss), (dloss_dp * dp_dz).astype(logits.dtype)
