"""exercise: magnitude_prune
belief: The smallest weights are the most negative ones.
"""

import numpy as np


def magnitude_prune(weights, sparsity):
    flat = np.concatenate([w.reshape(-1) for w in weights])
    n_prune = int(np.rint(sparsity * flat.size))
    idx = np.argsort(flat, kind="stable")
    keep = np.ones(flat.size, dtype=bool)
    keep[idx[:n_prune]] = False
    masks, start = [], 0
    for w in weights:
        masks.append(keep[start:start + w.size].reshape(w.shape))
        start += w.size
    return masks
