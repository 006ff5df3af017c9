"""exercise: linear_probe
belief: The classes are those that occur among the labels.
teacher: Not every class need occur: there are K rows, and one without samples has targets of 0.
"""

import numpy as np


def linear_probe(features, labels, classes, lam):
    f = features.astype(float)
    t = (labels[:, None] == np.unique(labels)).astype(float)
    f0, t0 = f.mean(axis=0), t.mean(axis=0)
    fc, tc = f - f0, t - t0
    W = np.linalg.solve(fc.T @ fc + lam * np.eye(f.shape[1]), fc.T @ tc).T
    b = t0 - W @ f0
    return W.astype(features.dtype), b.astype(features.dtype)
