"""exercise: pca
belief: The principal components are the eigenvectors of x^T x / N.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def pca(x: Array, k: int) -> tuple[Array, Array, Array]:
    mean = x.mean(axis=0)
    covariance = x.T @ x / len(x)
    values, vectors = np.linalg.eigh(covariance)
    U = vectors[:, ::-1][:, :k]
    return mean, U @ U.T, values[::-1][:k].copy()
