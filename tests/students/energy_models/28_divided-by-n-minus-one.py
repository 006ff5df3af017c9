"""exercise: pca
belief: Variances are divided by N - 1, as np.cov does.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def pca(x: Array, k: int) -> tuple[Array, Array, Array]:
    mean = x.mean(axis=0)
    centred = x - mean
    covariance = centred.T @ centred / (len(x) - 1)
    values, vectors = np.linalg.eigh(covariance)
    U = vectors[:, ::-1][:, :k]
    return mean, U @ U.T, values[::-1][:k].copy()
