"""exercise: sequence_cross_entropy
belief: Perplexity is two to the power of the cross-entropy.
"""

import numpy as np


def sequence_cross_entropy(logits, targets):
    T, N, K = logits.shape
    gradient = np.zeros(logits.shape, dtype=logits.dtype)
    total, words = 0.0, 0
    for t in range(T):
        for n in range(N):
            if targets[t, n] < 0:
                continue
            o = logits[t, n].astype(float)
            e = np.exp(o - o.max())
            total -= o[targets[t, n]] - o.max() - np.log(e.sum())
            gradient[t, n] = e / e.sum()
            gradient[t, n, targets[t, n]] -= 1
            words += 1
    loss = total / words
    return float(loss), float(2**loss), gradient / words
