"""exercise: name_shortcut
belief: If y has no negative number a ReLU stands behind the sum, so only "plain" and "original"
are left.
"""

import numpy as np


def name_shortcut(x, f, y):
    def fits(z):
        return z.shape == y.shape and bool((np.abs(z - y) <= 1e-4).all())

    addable = x.shape == f.shape
    if y.min() >= 0:
        if fits(np.maximum(f, 0)):
            return "plain"
        if addable and fits(np.maximum(x + f, 0)):
            return "original"
    elif addable:
        if fits(x + np.maximum(f, 0)):
            return "late"
        if fits(x + f):
            return "pre-activation"
    return "dense" if fits(np.concatenate([x, f], axis=1)) else "unknown"
