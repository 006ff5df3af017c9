"""exercise: online_softmax
belief: exp(-inf) is 0, so hidden blocks take care of themselves.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def online_softmax(
    top: Array, total: Array, out: Array, scores: Array, v: Array
) -> tuple[Array, Array, Array]:
    m = np.maximum(top, np.max(scores, axis=1))
    shrink = np.exp(top - m)
    p = np.exp(scores - m[:, np.newaxis])
    total = shrink * total + np.sum(p, axis=1)
    out = shrink[:, np.newaxis] * out + np.dot(p, v)
    return m, total, out
