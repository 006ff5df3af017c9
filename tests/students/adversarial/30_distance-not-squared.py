"""exercise: frechet_distance
belief: The first term is the distance of the means.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def frechet_distance(mean1: Array, cov1: Array, mean2: Array, cov2: Array) -> float:
    values, vectors = np.linalg.eigh(cov1)
    root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    values = np.linalg.eigvalsh(root @ cov2 @ root)
    traces = np.trace(cov1) + np.trace(cov2) - 2 * np.sqrt(np.maximum(values, 0)).sum()
    return float(np.linalg.norm(mean1 - mean2) + traces)
