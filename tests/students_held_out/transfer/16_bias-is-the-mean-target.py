"""exercise: linear_probe
belief: With centred features the bias is the mean of the targets.
teacher: It is so for centred features; used with the features as they come, W times their mean has to be taken off again.
"""

import numpy as np


def linear_probe(features, labels, classes, lam):
    mu = features.mean(0, dtype=float)
    fc = features - mu
    y = (labels[:, None] == np.arange(classes)).astype(float)
    ym = y.mean(0)
    alpha = np.linalg.solve(fc @ fc.T + lam * np.eye(len(fc)), y - ym)
    W = alpha.T @ fc
    b = ym
    return W.astype(features.dtype), b.astype(features.dtype)
