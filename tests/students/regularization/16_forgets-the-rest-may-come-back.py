"""exercise: constrained_step
belief: It is enough to set pruned weights to zero before the step.
"""

import numpy as np


def constrained_step(w, update, lr, decay=0.0, mask=None, r=np.inf):
    if mask is not None:
        w = w * mask
    out = w - update - lr * decay * w
    norms = np.linalg.norm(out, axis=1, keepdims=True)
    return (
        np.where(norms > r, out * r / np.where(norms == 0, 1, norms), out)
        if np.isfinite(r)
        else out
    )
