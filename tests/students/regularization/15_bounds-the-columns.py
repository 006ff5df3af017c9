"""exercise: constrained_step
belief: The weights of a neuron stand in a column.
"""

import numpy as np


def constrained_step(w, update, lr, decay=0.0, mask=None, r=np.inf):
    out = w - update - lr * decay * w
    if mask is not None:
        out = out * mask
    norms = np.linalg.norm(out, axis=0)
    scale = np.ones_like(norms)
    scale[norms > r] = r / norms[norms > r]
    return out * scale
