"""exercise: online_softmax
belief: Only the total depends on the maximum; the weighted sum of values is in units of the values and stays.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def online_softmax(
    top: Array, total: Array, out: Array, scores: Array, v: Array
) -> tuple[Array, Array, Array]:
    new_top, new_total, new_out = top.copy(), total.copy(), out.copy()
    for t in range(scores.shape[0]):
        m = max(top[t], scores[t].max())
        if m == -np.inf:
            continue
        factor = np.exp(top[t] - m)
        new_total[t] = total[t] * factor
        new_out[t] = out[t]
        for b in range(scores.shape[1]):
            weight = np.exp(scores[t, b] - m)
            new_total[t] += weight
            new_out[t] += weight * v[b]
        new_top[t] = m
    dtype = scores.dtype
    return new_top.astype(dtype), new_total.astype(dtype), new_out.astype(dtype)
