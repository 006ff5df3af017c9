"""exercise: online_softmax
belief: top is the maximum of the block at hand; everything is expressed relative to it, since any
number will do.
"""

import numpy as np


def online_softmax(top, total, out, scores, v):
    T = len(top)
    new_top, new_total, new_out = top.copy(), total.copy(), out.copy()
    for t in range(T):
        m = scores[t].max()
        if m == -np.inf:
            continue
        factor = np.exp(top[t] - m) if top[t] > -np.inf else 0.0
        e = np.exp(scores[t] - m)
        new_top[t] = m
        new_total[t] = factor * total[t] + e.sum()
        new_out[t] = factor * out[t] + e @ v
    return (
        new_top.astype(scores.dtype),
        new_total.astype(scores.dtype),
        new_out.astype(scores.dtype),
    )
