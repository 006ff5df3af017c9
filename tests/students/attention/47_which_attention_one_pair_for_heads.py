"""exercise: which_attention
belief: If the heads' weights of the first position for itself sum to one, the softmax ran over the heads.
"""

import numpy as np


def which_attention(weights):
    H, T, _ = weights.shape
    up, low = np.triu(weights, 1), np.tril(weights, -1)
    if up.sum() > 0 and low.sum() > 0:
        return "no mask"
    if up.sum() > 0:
        return "mask turned round"
    if weights[:, range(T), range(T)].sum() == 0:
        return "mask hides itself"
    if np.abs(weights.sum(axis=-1) - 1).max() <= 1e-4:
        return "right"
    if np.abs(weights.sum(axis=-2) - 1).max() <= 1e-4:
        return "softmax over queries"
    if H >= 2 and abs(weights[:, 0, 0].sum() - 1) <= 1e-4:
        return "softmax over heads"
    return "mask after softmax"
