"""exercise: multi_head_attention
belief: Head h owns every H-th feature, beginning with feature h, since the heads are dealt out like cards.
"""

import math

import numpy as np


def multi_head_attention(x, context, wq, wk, wv, wo, heads, mask=None):
    width = wq.shape[0] // heads
    groups = wk.shape[0] // width
    outputs = []
    for h in range(heads):
        g = h * groups // heads
        Wq = wq[h::heads]
        Wk = wk[g::groups]
        Wv = wv[g::groups]
        Q = x @ Wq.T
        K = context @ Wk.T
        V = context @ Wv.T
        result = np.zeros((x.shape[0], x.shape[1], width), dtype=x.dtype)
        for n in range(x.shape[0]):
            for t in range(x.shape[1]):
                scores = K[n] @ Q[n, t] / math.sqrt(width)
                look = np.ones(len(scores), bool) if mask is None else mask[t]
                if not look.any():
                    continue
                e = np.exp(scores[look] - scores[look].max())
                result[n, t] = (e / e.sum()) @ V[n][look]
        outputs.append(result)
    return np.concatenate(outputs, axis=2) @ wo.T
