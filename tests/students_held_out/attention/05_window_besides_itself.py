"""exercise: causal_mask
belief: A window of w means that a position looks at itself and at w positions before it.
"""

import numpy as np


def causal_mask(queries, keys, window=None):
    result = np.zeros((queries, keys), dtype=bool)
    offset = keys - queries
    for i in range(queries):
        position = i + offset
        for j in range(keys):
            if j > position:
                continue
            if window is not None and position - j > window:
                continue
            result[i, j] = True
    return result
