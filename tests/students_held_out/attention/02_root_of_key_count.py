"""exercise: scaled_dot_product_attention
belief: The scores are divided by the root of how many keys are compared, since that is the number of terms that compete in the softmax.
"""

import math

import numpy as np


def scaled_dot_product_attention(q, k, v, mask=None):
    N, H, T, D = q.shape
    S = k.shape[2]
    E = v.shape[3]
    out = np.zeros((N, H, T, E), dtype=q.dtype)
    for n in range(N):
        for h in range(H):
            for t in range(T):
                # collect the keys this query is allowed to see
                allowed = []
                for s in range(S):
                    if mask is None or mask[t, s]:
                        allowed.append(s)
                if len(allowed) == 0:
                    continue  # stays zero
                scores = []
                for s in allowed:
                    scores.append(float(np.dot(q[n, h, t], k[n, h, s])) / math.sqrt(S))
                biggest = max(scores)
                weights = [math.exp(score - biggest) for score in scores]
                total = sum(weights)
                for weight, s in zip(weights, allowed):
                    out[n, h, t] += (weight / total) * v[n, h, s]
    return out
