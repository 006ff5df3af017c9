"""exercise: bowl_from_path
belief: Late steps are the cleanest: the ratio of the last two moves gives the curvature.
"""
import numpy as np


def bowl_from_path(path, lr):
    d = np.diff(path, axis=0)
    with np.errstate(all="ignore"):
        r = d[-1] / d[-2]
    lam = (1 - r) / lr
    big, small = lam.max(), lam.min()
    best = 2 / (big + small)
    return float(big / small), float(best), float((big - small) / (big + small))
