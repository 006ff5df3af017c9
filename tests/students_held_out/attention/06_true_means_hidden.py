"""exercise: causal_mask
belief: As in PyTorch's MultiheadAttention, True in an attention mask marks what must not be looked at.
"""

import numpy as np


def causal_mask(queries, keys, window=None):
    where = np.arange(keys - queries, keys)[:, None]
    what = np.arange(keys)[None, :]
    back = where - what
    limit = keys if window is None else window
    return (back < 0) | (back >= limit)
