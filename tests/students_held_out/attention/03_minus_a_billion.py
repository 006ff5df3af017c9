"""exercise: scaled_dot_product_attention
belief: Filling hidden scores with -1e9 is the same as minus infinity, so nothing special has to be done about a row that is hidden altogether.
"""

import math

import numpy as np


def scaled_dot_product_attention(q, k, v, mask=None):
    # att = softmax(q k^T / sqrt(d)), nanoGPT style
    att = np.einsum("nhtd,nhsd->nhts", q, k) / math.sqrt(q.shape[-1])
    if mask is not None:
        att = np.where(mask[None, None], att, q.dtype.type(-1e9))
    att = att - att.max(axis=-1, keepdims=True)
    att = np.exp(att)
    att = att / att.sum(axis=-1, keepdims=True)
    return np.einsum("nhts,nhse->nhte", att, v)
