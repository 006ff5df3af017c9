"""exercise: magnitude_prune
belief: The smallest weights are those furthest down the number line.
"""

import numpy as np


def magnitude_prune(weights, sparsity):
    flat = np.concatenate([w.ravel() for w in weights])
    keep = np.ones(flat.shape, dtype=bool)
    keep[np.argsort(flat, kind="stable")[: round(sparsity * flat.size)]] = False
    masks, pos = [], 0
    for w in weights:
        masks.append(keep[pos : pos + w.size].reshape(w.shape))
        pos += w.size
    return masks
