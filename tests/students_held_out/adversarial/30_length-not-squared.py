"""exercise: frechet_distance
belief: The first term is the distance of the means, np.linalg.norm of their difference.
"""

import math

import numpy as np


def frechet_distance(mean1, cov1, mean2, cov2):
    # C1^(1/2) C2 C1^(1/2) is symmetric, so eigh can be used
    values, vectors = np.linalg.eigh(cov1)
    root1 = vectors @ np.diag(np.sqrt(np.clip(values, 0, None))) @ vectors.T
    inner = np.linalg.eigvalsh(root1 @ cov2 @ root1)
    answer = 0.0
    for value in inner:
        answer -= 2 * math.sqrt(max(value, 0.0))
    for i in range(len(mean1)):
        answer += cov1[i, i] + cov2[i, i]
    gap = np.linalg.norm(mean1 - mean2)
    return float(answer + gap)
