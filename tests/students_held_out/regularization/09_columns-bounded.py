"""exercise: constrained_step
belief: A neuron's weights are a column of w, so the norm runs over axis 0.
"""

import numpy as np


def constrained_step(w, update, lr, decay=0.0, mask=None, r=np.inf):
    w_new = w - update - lr * decay * w
    if mask is not None:
        w_new[~mask] = 0
    for k in range(w_new.shape[1]):
        norm = np.linalg.norm(w_new[:, k])
        if norm > r:
            w_new[:, k] *= r / norm
    return w_new
