"""exercise: online_softmax
belief: Only what was summed before has to be rescaled; the new block is exponentiated relative to
its own maximum.
"""

import numpy as np


def online_softmax(top, total, out, scores, v):
    block_top = scores.max(axis=1)
    new_top = np.maximum(top, block_top)

    finite = lambda m: np.where(np.isfinite(m), m, 0).astype(scores.dtype)
    shrink = np.exp(top - finite(new_top))
    p = np.exp(scores - finite(block_top)[:, None])

    new_total = shrink * total + p.sum(axis=1)
    new_out = shrink[:, None] * out + p @ v
    dtype = scores.dtype
    return new_top.astype(dtype), new_total.astype(dtype), new_out.astype(dtype)
