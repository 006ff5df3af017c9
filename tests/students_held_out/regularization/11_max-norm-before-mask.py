"""exercise: constrained_step
belief: The order of max-norm and mask makes no difference.
"""

import numpy as np


def constrained_step(w, update, lr, decay=0.0, mask=None, r=np.inf):
    new = w * (1 - lr * decay) - update
    if np.isfinite(r):
        length = np.linalg.norm(new, axis=1, keepdims=True)
        factor = np.minimum(1, r / np.maximum(length, 1e-12))
        new = new * factor
    if mask is not None:
        new = np.where(mask, new, 0)
    return new.astype(w.dtype)
