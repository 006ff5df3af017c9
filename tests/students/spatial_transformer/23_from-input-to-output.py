"""exercise: theta_from_marks
belief: The least squares fit maps what was read onto where it appears.
"""

import numpy as np


def theta_from_marks(target, source):
    N, P, _ = source.shape
    theta = np.zeros((N, 2, 3), dtype=target.dtype)
    for n in range(N):
        A = np.hstack([source[n], np.ones((P, 1))])
        theta[n] = np.linalg.lstsq(A, target[n], rcond=None)[0].T
    return theta
