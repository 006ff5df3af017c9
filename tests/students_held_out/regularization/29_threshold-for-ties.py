"""exercise: magnitude_prune
belief: All weights above the k-th smallest magnitude are kept, the others go.
"""

import numpy as np


def magnitude_prune(weights, sparsity):
    all_w = np.concatenate([np.abs(w).flatten() for w in weights])
    k = int(round(sparsity * all_w.size))
    if k == 0:
        return [np.ones(w.shape, dtype=bool) for w in weights]
    threshold = np.sort(all_w)[k - 1]
    return [np.abs(w) > threshold for w in weights]
