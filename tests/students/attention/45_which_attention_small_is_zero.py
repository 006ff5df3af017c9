"""exercise: which_attention
belief: A weight below 0.0001 counts as zero, as floats are never exact.
"""

import numpy as np


def which_attention(weights):
    w = np.where(weights < 1e-4, 0, weights)
    H, T, _ = w.shape
    future, past = np.triu(w, 1), np.tril(w, -1)
    if future.any():
        return "mask turned round" if not past.any() else "no mask"
    if not w[:, 0].any():
        return "mask hides itself"

    def ok(s):
        return np.max(np.abs(s - 1)) <= 1e-4

    if ok(weights.sum(axis=2)):
        return "right"
    if ok(weights.sum(axis=1)):
        return "softmax over queries"
    if H > 1 and ok(weights.sum(axis=0)[np.tril_indices(T)]):
        return "softmax over heads"
    return "mask after softmax"
