"""exercise: frechet_distance
belief: The root of a matrix is np.sqrt of it.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def frechet_distance(mean1: Array, cov1: Array, mean2: Array, cov2: Array) -> float:
    product = cov1 @ cov2
    trace_of_root = 0.0
    for i in range(len(product)):
        trace_of_root += np.sqrt(max(product[i, i], 0.0))
    gap = mean1 - mean2
    return float(gap @ gap + np.trace(cov1) + np.trace(cov2) - 2 * trace_of_root)
