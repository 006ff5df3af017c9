"""exercise: pca
belief: svd returns V, whose first k columns are the components.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def pca(x: Array, k: int) -> tuple[Array, Array, Array]:
    n, size = x.shape
    mean = x.mean(axis=0)
    away = x - mean
    _, s, vt = np.linalg.svd(away, full_matrices=True)
    projector = np.zeros((size, size), dtype=x.dtype)
    variances = []
    for i in range(k):
        projector += np.outer(vt[:, i], vt[:, i])
        variances.append(s[i] ** 2 / n)
    return mean, projector, np.array(variances, dtype=x.dtype)
