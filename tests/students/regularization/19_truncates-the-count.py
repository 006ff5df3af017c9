"""exercise: magnitude_prune
belief: The number of pruned weights is the integer part.
"""

import numpy as np


def magnitude_prune(weights, sparsity):
    flat = np.abs(np.concatenate([w.ravel() for w in weights]))
    k = int(sparsity * len(flat))
    order = sorted(range(len(flat)), key=lambda i: flat[i])
    gone = set(order[:k])
    masks, pos = [], 0
    for w in weights:
        m = np.array([pos + i not in gone for i in range(w.size)])
        masks.append(m.reshape(w.shape))
        pos += w.size
    return masks
