"""exercise: cross_entropy
belief: The slope is the softmax minus the one-hot labels; the mean only concerns the loss.
"""

import numpy as np


def cross_entropy(logits, labels):
    N, K = logits.shape
    z = logits - logits.max(axis=1, keepdims=True)
    log_probs = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    loss = -log_probs[np.arange(N), labels].mean()

    y = np.zeros_like(logits)
    y[np.arange(N), labels] = 1
    dlogits = np.exp(log_probs) - y
    return float(loss), dlogits
