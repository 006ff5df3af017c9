"""exercise: frechet_distance
belief: Covariances have no negative eigenvalues, so the roots can be taken as they are.
"""

import numpy as np


def frechet_distance(mean1, cov1, mean2, cov2):
    lam = np.linalg.eigvals(np.dot(cov1, cov2))
    lam = np.real(lam)
    covmean_trace = np.sqrt(lam).sum()
    return float(np.sum((mean1 - mean2) ** 2) + np.trace(cov1 + cov2) - 2 * covmean_trace)
