"""exercise: mixup
belief: There is one lambda for the batch.
"""

import numpy as np


def mixup(x, labels, classes, lam, order, eps=0.0):
    t = np.full((len(labels), classes), eps / classes)
    t[np.arange(len(labels)), labels] += 1 - eps
    a = float(lam[0])
    return a * x + (1 - a) * x[order], (a * t + (1 - a) * t[order]).astype(x.dtype)
