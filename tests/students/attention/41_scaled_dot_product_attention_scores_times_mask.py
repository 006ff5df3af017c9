"""exercise: scaled_dot_product_attention
belief: A hidden key is taken out by setting its score to zero before the softmax.
"""

import numpy as np


def scaled_dot_product_attention(q, k, v, mask=None):
    N, H, T, D = q.shape
    out = np.zeros((N, H, T, v.shape[3]), dtype=q.dtype)
    for n in range(N):
        for h in range(H):
            scores = q[n, h] @ k[n, h].T / D**0.5
            if mask is not None:
                scores = scores * mask
            scores = scores - scores.max(axis=1, keepdims=True)
            weights = np.exp(scores)
            weights /= weights.sum(axis=1, keepdims=True)
            if mask is not None:
                weights[~mask.any(axis=1)] = 0
            out[n, h] = weights @ v[n, h]
    return out
