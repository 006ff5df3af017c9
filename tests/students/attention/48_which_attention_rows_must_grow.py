"""exercise: which_attention
belief: With the mask after the softmax each row loses less than the row before, so the row sums grow downwards.
"""

import numpy as np


def which_attention(weights):
    H, T, _ = weights.shape
    mask = np.tril(np.ones((T, T), dtype=bool))
    if (weights[:, ~mask] > 0).any():
        return (
            "no mask"
            if (weights[:, mask & ~np.eye(T, dtype=bool)] > 0).any()
            else "mask turned round"
        )
    rows = weights.sum(axis=2)
    if (rows[:, 0] == 0).all():
        return "mask hides itself"
    if np.allclose(rows, 1, rtol=0, atol=1e-4):
        return "right"
    if np.allclose(weights.sum(axis=1), 1, rtol=0, atol=1e-4):
        return "softmax over queries"
    if np.all(np.diff(rows, axis=1) >= 0) and np.allclose(rows[:, -1], 1, rtol=0, atol=1e-4):
        return "mask after softmax"
    return "softmax over heads"
