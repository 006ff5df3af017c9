"""exercise: mixup
belief: Label smoothing gives 1 - eps to the right class and shares eps among the K - 1 others.
"""

import numpy as np


def mixup(x, labels, classes, lam, order, eps=0.0):
    n = x.shape[0]
    t = np.full((n, classes), eps / (classes - 1))
    t[np.arange(n), labels] = 1 - eps
    l = lam.reshape((n,) + (1,) * (x.ndim - 1))
    mixed = l * x + (1 - l) * x[order]
    targets = lam[:, None] * t + (1 - lam)[:, None] * t[order]
    return mixed.astype(x.dtype), targets.astype(x.dtype)
