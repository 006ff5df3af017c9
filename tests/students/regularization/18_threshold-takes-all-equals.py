"""exercise: magnitude_prune
belief: Everything up to the k-th smallest magnitude goes.
"""

import numpy as np


def magnitude_prune(weights, sparsity):
    flat = np.sort(np.abs(np.concatenate([w.reshape(-1) for w in weights])))
    k = round(sparsity * len(flat))
    if k == 0:
        return [np.ones(w.shape, dtype=bool) for w in weights]
    threshold = flat[k - 1]
    return [np.abs(w) > threshold for w in weights]
