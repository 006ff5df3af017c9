"""exercise: max_stable_rate
belief: Multiplying a vector of ones by the Hessian ten times ends at its largest eigenvalue.
"""

import numpy as np


def max_stable_rate(x):
    n, d = x.shape
    hessian = 2 / n * x.T @ x
    v = np.ones(d) / np.sqrt(d)
    for _ in range(10):
        u = hessian @ v
        length = np.linalg.norm(u)
        if length == 0:
            return float("inf")
        v = u / length
    return float(2 / (v @ hessian @ v))
