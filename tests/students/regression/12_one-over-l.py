"""exercise: max_stable_rate
belief: The largest rate is one over the largest eigenvalue.
"""

import numpy as np


def max_stable_rate(x):
    H = 2 / len(x) * x.T @ x
    lam = np.linalg.eigvalsh(H)[-1]
    return float(1 / lam) if lam > 0 else float("inf")
