"""exercise: which_attention
belief: If a causal mask is there and the rows do not sum to one, the mask came after the softmax.
"""

import numpy as np


def which_attention(weights):
    T = weights.shape[-1]
    past = np.tril(np.ones((T, T), dtype=bool), -1)
    future = past.T
    def one(sums):
        return bool(np.all(np.abs(sums - 1) < 1e-3))
    if np.all(weights[:, past] == 0):
        return "mask turned round"
    if np.any(weights[:, future] != 0):
        return "no mask"
    rows = weights.sum(axis=2)
    if one(rows):
        return "right"
    if not one(rows):
        return "mask after softmax"
    if np.all(np.diagonal(weights, axis1=1, axis2=2) == 0):
        return "mask hides itself"
    if one(weights.sum(axis=1)):
        return "softmax over queries"
    if one(weights.sum(axis=0)[~future]):
        return "softmax over heads"
    return "mask after softmax"
