"""exercise: constrained_step
belief: First the optimizer steps, then the new weights decay.
"""

import numpy as np


def constrained_step(w, update, lr, decay=0.0, mask=None, r=np.inf):
    new = w - update
    new = new - lr * decay * new
    if mask is not None:
        new = new * mask
    norms = np.sqrt((new ** 2).sum(axis=1, keepdims=True))
    scale = np.where(norms > r, r / np.maximum(norms, 1e-30), 1)
    return (new * scale).astype(w.dtype)
