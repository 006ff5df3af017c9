"""exercise: which_penalty
belief: The penalty is lambda w squared, so a step takes 2 eta lambda w.
"""

import numpy as np


def which_penalty(path, lr):
    a = np.abs(path)
    d = a[0] - a[1]
    if d.max() < 1e-9:
        return "none", 0.0
    if np.abs(a[1] - a[2]).max() < 1e-9:
        return "max-norm", float(np.linalg.norm(path[1]))
    ratio = d / a[0]
    if ratio.max() - ratio.min() < 1e-5:
        return "l2", float(ratio.mean() / (2 * lr))
    return "l1", float(d.max() / lr)
