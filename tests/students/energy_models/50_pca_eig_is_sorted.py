"""exercise: pca
belief: np.linalg.eig returns the eigenvalues from the largest on.
"""

import numpy as np


def pca(x, k):
    mean = x.mean(axis=0)
    away = x - mean
    values, vectors = np.linalg.eig(away.T @ away / len(x))
    values, vectors = values.real, vectors.real
    u = vectors[:, :k]
    return mean, (u @ u.T).astype(x.dtype), values[:k].astype(x.dtype)
