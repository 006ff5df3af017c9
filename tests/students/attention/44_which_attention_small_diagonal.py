"""exercise: which_attention
belief: A position that gives itself less than 0.0001 cannot see itself.
"""

import numpy as np


def which_attention(weights):
    heads, T, _ = weights.shape
    seen = np.tril(np.ones((T, T)), 0) == 1
    rows, columns = weights.sum(2), weights.sum(1)
    near = lambda s: (abs(s - 1) < 1e-4).all()
    if weights[:, ~seen].any():
        below = np.tril(weights, -1)
        return "no mask" if below.any() else "mask turned round"
    if (np.einsum("hii->hi", weights) < 1e-4).any():
        return "mask hides itself"
    if near(rows):
        return "right"
    if near(columns):
        return "softmax over queries"
    if near(weights.sum(0)[seen]):
        return "softmax over heads"
    return "mask after softmax"
