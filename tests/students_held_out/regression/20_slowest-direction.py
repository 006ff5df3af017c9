"""exercise: max_stable_rate
belief: The border is set by the smallest eigenvalue, since the flattest direction is the
hardest to learn.
"""

import numpy as np


def max_stable_rate(x):
    hessian = 2 * x.T.dot(x) / len(x)
    eig = np.linalg.eigvalsh(hessian)
    eig = eig[eig > 1e-12]
    if len(eig) == 0:
        return float("inf")
    return float(2 / eig.min())
