"""exercise: bowl_from_path
belief: The factor is (sqrt(kappa) - 1) / (sqrt(kappa) + 1).
"""

import numpy as np


def bowl_from_path(path, lr):
    d = np.diff(path, axis=0)
    lam = (1 - d[1] / d[0]) / lr
    a, b = float(np.min(lam)), float(np.max(lam))
    s = np.sqrt(b / a)
    return b / a, 2 / (a + b), float((s - 1) / (s + 1))
