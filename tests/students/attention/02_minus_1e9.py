"""exercise: scaled_dot_product_attention
belief: Filling hidden scores with -1e9 is the same as minus infinity, so no row can go wrong.
"""

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def scaled_dot_product_attention(
    q: Array, k: Array, v: Array, mask: NDArray[np.bool_] | None = None
) -> Array:
    scores = np.einsum("nhtd,nhsd->nhts", q, k) / math.sqrt(q.shape[3])
    if mask is not None:
        scores = np.where(mask, scores, -1e9)
    scores = scores - scores.max(axis=3, keepdims=True)
    weights = np.exp(scores)
    weights /= weights.sum(axis=3, keepdims=True)
    return np.einsum("nhts,nhse->nhte", weights, v)
