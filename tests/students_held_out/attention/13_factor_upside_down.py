"""exercise: online_softmax
belief: When the maximum grows, the old sums have to be scaled up to the new maximum, by exp(new - old).
"""

import numpy as np


def online_softmax(top, total, out, scores, v):
    new_top = np.maximum(top, scores.max(axis=1))
    safe = np.where(np.isneginf(new_top), 0, new_top)
    alpha = np.where(np.isneginf(top), 0, np.exp(safe - top))
    p = np.exp(scores - safe[:, None])
    return (
        new_top.astype(scores.dtype),
        (alpha * total + p.sum(axis=1)).astype(scores.dtype),
        (alpha[:, None] * out + p @ v).astype(scores.dtype),
    )
