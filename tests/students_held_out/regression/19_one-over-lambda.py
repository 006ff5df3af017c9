"""exercise: max_stable_rate
belief: Gradient descent is stable up to a learning rate of 1 over the largest curvature.
"""

import numpy as np


def max_stable_rate(x):
    n = x.shape[0]
    hessian = 2.0 / n * x.T @ x
    lam = np.linalg.eigvalsh(hessian).max()
    if lam <= 0:
        return float("inf")
    return float(1.0 / lam)
