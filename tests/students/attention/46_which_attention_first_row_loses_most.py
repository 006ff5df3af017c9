"""exercise: which_attention
belief: With the mask after the softmax the first row loses most, so it suffices to look whether the first row sums to one.
"""

import numpy as np


def which_attention(weights):
    H, T, _ = weights.shape
    upper = np.triu_indices(T, 1)
    lower = np.tril_indices(T, -1)
    if np.any(weights[:, upper[0], upper[1]] != 0):
        if np.any(weights[:, lower[0], lower[1]] != 0):
            return "no mask"
        return "mask turned round"
    first = weights[:, 0].sum(axis=1)
    if np.all(first == 0):
        return "mask hides itself"
    if np.all(np.abs(weights.sum(axis=1) - 1) <= 1e-4) and np.any(
        np.abs(weights.sum(axis=2) - 1) > 1e-4
    ):
        return "softmax over queries"
    if H > 1 and np.all(np.abs(np.tril(weights.sum(axis=0)) - np.tril(np.ones((T, T)))) <= 1e-4):
        return "softmax over heads"
    if np.all(np.abs(first - 1) <= 1e-4):
        return "right"
    return "mask after softmax"
