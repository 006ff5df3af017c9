"""exercise: frechet_distance
belief: The square root of a matrix is np.sqrt of it.
"""

import numpy as np


def frechet_distance(mean1, cov1, mean2, cov2):
    diff = mean1 - mean2
    product = cov1 @ cov2
    root_trace = np.trace(np.sqrt(np.maximum(product, 0)))
    return float(diff @ diff + np.trace(cov1) + np.trace(cov2) - 2 * root_trace)
