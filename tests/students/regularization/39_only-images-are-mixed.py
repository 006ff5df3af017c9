"""exercise: mixup
belief: The label of a mixture is that of the sample itself.
"""

import numpy as np


def mixup(x, labels, classes, lam, order, eps=0.0):
    t = ((1 - eps) * np.eye(classes)[labels] + eps / classes).astype(x.dtype)
    lx = lam.reshape([-1] + [1] * (x.ndim - 1)).astype(x.dtype)
    return lx * x + (1 - lx) * x[order], t
