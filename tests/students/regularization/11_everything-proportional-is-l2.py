"""exercise: which_penalty
belief: Weights that all shrink by the same factor are a sign of L2.
"""

import numpy as np


def which_penalty(path, lr):
    a = np.abs(path)
    d = a[0] - a[1]
    if d.max() < 1e-9:
        return "none", 0.0
    ratio = a[1] / a[0]
    if ratio.max() - ratio.min() < 1e-5:
        return "l2", float((1 - ratio[0]) / lr)
    return "l1", float(d.max() / lr)
