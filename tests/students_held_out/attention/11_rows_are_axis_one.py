"""exercise: which_attention
belief: In an array (H, T, T) the sum of a row is the sum over axis 1, because axis 1 counts the rows.
"""

import numpy as np


def which_attention(weights):
    H, T, _ = weights.shape
    row_sums = weights.sum(axis=1)
    column_sums = weights.sum(axis=2)
    head_sums = weights.sum(axis=0)

    future_seen = False
    past_seen = False
    self_seen = False
    for h in range(H):
        for i in range(T):
            for j in range(T):
                if weights[h, i, j] > 1e-6:
                    if j > i:
                        future_seen = True
                    elif j < i:
                        past_seen = True
                    else:
                        self_seen = True
    if future_seen and past_seen:
        return "no mask"
    if future_seen:
        return "mask turned round"
    if not self_seen:
        return "mask hides itself"
    if np.allclose(row_sums, 1, atol=1e-3):
        return "right"
    if np.allclose(column_sums, 1, atol=1e-3):
        return "softmax over queries"
    lower = np.tril_indices(T)
    if np.allclose(head_sums[lower], 1, atol=1e-3):
        return "softmax over heads"
    return "mask after softmax"
