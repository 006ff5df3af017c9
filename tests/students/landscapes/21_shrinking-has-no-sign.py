"""exercise: bowl_from_path
belief: The factor between steps is the ratio of their lengths.
"""

import numpy as np


def bowl_from_path(path, lr):
    d = np.abs(np.diff(path, axis=0))
    lam = (1 - d[1] / d[0]) / lr
    L, mu = lam.max(), lam.min()
    k = L / mu
    return float(k), float(2 / (L + mu)), float((k - 1) / (k + 1))
