"""exercise: constrained_step
belief: The decay is a share of the weights in each step, independent of the learning rate.
"""

import numpy as np


def constrained_step(w, update, lr, decay=0.0, mask=None, r=np.inf):
    out = (1 - decay) * w - update
    if mask is not None:
        out[~mask] = 0
    norms = np.sqrt((out**2).sum(axis=1))
    for i, n in enumerate(norms):
        if n > r:
            out[i] *= r / n
    return out
