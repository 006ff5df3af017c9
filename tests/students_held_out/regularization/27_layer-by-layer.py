"""exercise: magnitude_prune
belief: Each layer loses the same share of its weights.
"""

import numpy as np


def magnitude_prune(weights, sparsity):
    masks = []
    for w in weights:
        k = int(round(sparsity * w.size))
        order = np.argsort(np.abs(w).ravel(), kind="stable")
        mask = np.ones(w.size, dtype=bool)
        mask[order[:k]] = False
        masks.append(mask.reshape(w.shape))
    return masks
