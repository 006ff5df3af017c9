"""exercise: frechet_distance
belief: The root of a product is the product of the roots, so its trace is tr(C1^1/2 C2^1/2).
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def frechet_distance(mean1: Array, cov1: Array, mean2: Array, cov2: Array) -> float:
    def root(c):
        values, vectors = np.linalg.eigh(c)
        return (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T

    traces = np.trace(cov1) + np.trace(cov2) - 2 * np.trace(root(cov1) @ root(cov2))
    return float(np.sum((mean1 - mean2) ** 2) + traces)
