"""exercise: scaled_dot_product_attention
belief: The square root of D from np.sqrt is just a number, so dividing by it cannot change the dtype of the scores.
"""

import numpy as np


def scaled_dot_product_attention(q, k, v, mask=None):
    """Same structure as F.scaled_dot_product_attention in the PyTorch docs."""
    scale_factor = 1 / np.sqrt(q.shape[-1])
    attn_weight = q @ np.swapaxes(k, -2, -1) * scale_factor
    if mask is not None:
        attn_weight = np.where(mask, attn_weight, -np.inf)
    row_max = attn_weight.max(axis=-1, keepdims=True)
    row_max = np.where(np.isfinite(row_max), row_max, 0)
    attn_weight = np.exp(attn_weight - row_max)
    denom = attn_weight.sum(axis=-1, keepdims=True)
    attn_weight = attn_weight / np.where(denom > 0, denom, 1)
    return attn_weight @ v
