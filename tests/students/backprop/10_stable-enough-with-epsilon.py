"""exercise: cross_entropy
belief: A small epsilon inside the logarithm of the softmax makes the loss stable.
"""

import numpy as np


def _softmax(scores):
    shifted = scores - np.max(scores, axis=1).reshape(-1, 1)
    exps = np.exp(shifted)
    return exps / np.sum(exps, axis=1).reshape(-1, 1)


def cross_entropy(logits, labels):
    N = len(labels)
    probs = _softmax(logits)
    correct = probs[range(N), labels].astype(np.float64)
    loss = np.sum(-np.log(correct + 1e-10)) / N

    grad = probs.copy()
    for n in range(N):
        grad[n, labels[n]] -= 1
    grad = grad / N
    return float(loss), grad
