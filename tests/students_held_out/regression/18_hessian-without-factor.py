"""exercise: max_stable_rate
belief: The Hessian of the mean squared error is X^T X.
"""

import numpy as np


def max_stable_rate(x):
    H = x.T @ x
    eigenvalues = np.linalg.eigvalsh(H)
    largest = eigenvalues[-1]
    if not x.any():
        return np.inf
    return float(2 / largest)
