"""exercise: clip_together
belief: Only NaN needs a case of its own; an infinite length is dealt with by the factor limit / inf = 0.
"""

import numpy as np


def clip_together(gradients, limit):
    squares = 0.0
    for g in gradients:
        squares += float((np.asarray(g, dtype=np.float64) ** 2).sum())
    length = float(np.sqrt(squares))
    if np.isnan(length):
        return [np.zeros_like(g) for g in gradients], length
    factor = 1.0
    if length > limit:
        factor = limit / length
    return [np.array(g * factor, dtype=g.dtype) for g in gradients], length
