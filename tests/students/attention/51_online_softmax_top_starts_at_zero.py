"""exercise: online_softmax
belief: To avoid -inf minus -inf an empty maximum may be taken as 0.
"""

import numpy as np


def online_softmax(top, total, out, scores, v):
    old = np.where(np.isinf(top), 0, top).astype(scores.dtype)
    new = np.maximum(old, scores.max(axis=1))
    factor = np.exp(old - new)
    p = np.exp(scores - new[:, None])
    return new, factor * total + p.sum(axis=1), factor[:, None] * out + p @ v
