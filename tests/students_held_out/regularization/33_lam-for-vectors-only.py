"""exercise: mixup
belief: lam[:, None] fits inputs of any shape.
"""

import numpy as np


def mixup(x, labels, classes, lam, order, eps=0.0):
    lam = lam[:, np.newaxis]
    y = np.eye(classes)[labels]
    y = y * (1 - eps) + eps / classes
    mixed = lam * x + (1 - lam) * x[order]
    targets = lam * y + (1 - lam) * y[order]
    return mixed.astype(x.dtype), targets.astype(x.dtype)
