"""exercise: pca
belief: eigh sorts the eigenvalues like svd does, the largest first, so the first k columns are the components.
"""

import numpy as np


def pca(x, k):
    m = x.mean(0)
    c = x - m
    lam, V = np.linalg.eigh(c.T @ c / len(x))
    V, lam = V[:, :k], lam[:k]
    return m, V @ V.T, lam
