"""exercise: which_penalty
belief: If all the weights shrink by one factor, it is L2.
"""

import numpy as np


def which_penalty(path, lr):
    w, v = path[0], path[1]
    if np.allclose(w, v):
        return "none", 0.0
    ratios = v / w
    if np.max(ratios) - np.min(ratios) < 1e-6:
        return "l2", float((1 - ratios.mean()) / lr)
    drops = np.abs(w - v)
    if np.all((np.abs(drops - drops.max()) < 1e-8) | (v == 0)):
        return "l1", float(drops.max() / lr)
    return "max-norm", float(np.linalg.norm(v))
