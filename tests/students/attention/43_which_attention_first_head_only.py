"""exercise: which_attention
belief: All heads share the code, so the first head shows every mistake that is not about heads.
"""

import numpy as np


def which_attention(weights):
    H, T, _ = weights.shape
    one = lambda s: bool(np.all(np.abs(s - 1) <= 1e-4))
    w = weights[0]
    future = np.triu(np.ones((T, T), bool), 1)
    past = future.T
    if (w[future] > 0).any():
        return "mask turned round" if (w[past] == 0).all() else "no mask"
    if (np.diag(w) == 0).all():
        return "mask hides itself"
    if one(w.sum(axis=1)):
        return "right"
    if one(w.sum(axis=0)):
        return "softmax over queries"
    if H > 1 and one(weights.sum(axis=0)[~future]):
        return "softmax over heads"
    return "mask after softmax"
