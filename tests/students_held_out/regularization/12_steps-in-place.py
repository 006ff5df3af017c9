"""exercise: constrained_step
belief: The step may be made in the array of the weights itself, as an optimizer does.
"""

import numpy as np


def constrained_step(w, update, lr, decay=0.0, mask=None, r=np.inf):
    w -= update + lr * decay * w
    if mask is not None:
        w[~mask] = 0
    norms = np.linalg.norm(w, axis=1)
    for i in range(len(w)):
        if norms[i] > r:
            w[i] *= r / norms[i]
    return w
