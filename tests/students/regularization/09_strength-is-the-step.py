"""exercise: which_penalty
belief: Lambda is what is taken off per step, the rate has nothing to do with it.
"""

import numpy as np


def which_penalty(path, lr):
    a = np.abs(path)
    if np.allclose(a[0], a[1], rtol=1e-9, atol=0):
        return "none", 0.0
    if np.allclose(a[1], a[2], rtol=1e-9, atol=0):
        return "max-norm", float(np.sqrt((a[1] ** 2).sum()))
    ratio = a[1] / a[0]
    if ratio.max() - ratio.min() < 1e-6:
        return "l2", float(1 - ratio[0])
    return "l1", float((a[0] - a[1]).max())
