"""exercise: pca
belief: Variances come from np.cov, which knows how to divide.
"""

import numpy as np


def pca(x, k):
    mean = x.mean(axis=0)
    cov = np.atleast_2d(np.cov(x, rowvar=False))
    values, vectors = np.linalg.eigh(cov)
    order = np.argsort(values)[::-1][:k]
    u = vectors[:, order]
    return mean, (u @ u.T).astype(x.dtype), values[order].astype(x.dtype)
