"""exercise: constrained_step
belief: Decay multiplies the weights after the step.
"""

import numpy as np


def constrained_step(w, update, lr, decay=0.0, mask=None, r=np.inf):
    out = w - update
    out = out * (1 - lr * decay)
    if mask is not None:
        out = out * mask
    norms = np.sqrt((out**2).sum(axis=1))
    for i, n in enumerate(norms):
        if n > r:
            out[i] = out[i] * (r / n)
    return out
