"""exercise: max_stable_rate
belief: The Hessian is X'X / N.
"""

import numpy as np


def max_stable_rate(x):
    hessian = x.T @ x / x.shape[0]
    biggest = max(np.linalg.eigvalsh(hessian))
    if biggest == 0:
        return np.inf
    return 2 / biggest
