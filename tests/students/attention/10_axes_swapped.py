"""exercise: which_attention
belief: weights[h, i, j] has the keys on the second axis, so what a query gives sums over the second axis.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def which_attention(weights: Array) -> str:
    length = weights.shape[1]
    seen = np.tril(np.ones((length, length), dtype=bool))
    past = np.tril(np.ones((length, length), dtype=bool), -1)

    def ones(sums):
        return np.allclose(sums, 1, rtol=0, atol=1e-3)

    if np.any(weights[:, ~seen] > 0):
        if np.any(weights[:, past] > 0):
            return "no mask"
        return "mask turned round"
    if not np.any(np.diagonal(weights, axis1=1, axis2=2)):
        return "mask hides itself"
    if ones(weights.sum(axis=-2)):
        return "right"
    if ones(weights.sum(axis=-1)):
        return "softmax over queries"
    if ones(weights.sum(axis=0)[seen]):
        return "softmax over heads"
    return "mask after softmax"
