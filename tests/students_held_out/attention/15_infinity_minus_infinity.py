"""exercise: online_softmax
belief: exp(-inf) is zero, so hidden scores need no special treatment: the formula gives zero weight by itself.
"""

import numpy as np


def online_softmax(top, total, out, scores, v):
    # Milakov & Gimelshein, algorithm 3, blockwise
    m = np.maximum(top, np.max(scores, axis=-1))
    ref = m
    w_old = np.exp(top - ref)
    w_new = np.exp(scores - ref[:, np.newaxis])
    d = total * w_old + np.sum(w_new, axis=-1)
    o = out * w_old[:, np.newaxis] + np.dot(w_new, v)
    return tuple(a.astype(scores.dtype) for a in (m, d, o))
