"""exercise: magnitude_prune
belief: Every layer loses the same share of its weights.
"""

import numpy as np


def magnitude_prune(weights, sparsity):
    result = []
    for w in weights:
        k = round(sparsity * w.size)
        idx = np.argsort(np.abs(w), axis=None, kind="stable")
        m = np.full(w.size, True)
        m[idx[:k]] = False
        result.append(m.reshape(w.shape))
    return result
