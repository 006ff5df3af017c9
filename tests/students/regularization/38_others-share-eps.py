"""exercise: mixup
belief: Epsilon is shared among the wrong classes.
"""

import numpy as np


def mixup(x, labels, classes, lam, order, eps=0.0):
    t = np.full((len(labels), classes), eps / (classes - 1), dtype=x.dtype)
    t[np.arange(len(labels)), labels] = 1 - eps
    lx = lam.reshape([-1] + [1] * (x.ndim - 1)).astype(x.dtype)
    lt = lam[:, None].astype(x.dtype)
    return lx * x + (1 - lx) * x[order], lt * t + (1 - lt) * t[order]
