"""exercise: elementwise_loss
belief: Clipping the probability away from 0 and 1 by a small epsilon makes the logarithm stable without changing the loss.
"""

import numpy as np


def sigm(z):
    out = np.empty(z.shape)
    pos = z >= 0
    out[pos] = 1 / (1 + np.exp(-z[pos]))
    e = np.exp(z[~pos])
    out[~pos] = e / (1 + e)
    return out


def elementwise_loss(output, target, kind):
    if kind == "squares":
        gap = output - target
        return 0.5 * float(np.sum(gap**2)), gap
    logits, targets = output, target
    eps = 1e-7
    N = logits.size
    p = sigm(logits.astype(np.float64))
    p_safe = np.clip(p, eps, 1 - eps)
    loss = -np.mean(targets * np.log(p_safe) + (1 - targets) * np.log(1 - p_safe))
    dlogits = (p - targets) / N
    return float(loss), dlogits.astype(logits.dtype)
