"""exercise: classify_critical_point
belief: An eigenvector of length 1 is what eigh returns.
"""

import numpy as np


def classify_critical_point(hessian, tol=1e-6):
    w, V = np.linalg.eigh(hessian)
    up, dn = np.any(w > tol), np.any(w < -tol)
    if up and dn:
        kind = "saddle"
    elif np.any(np.abs(w) <= tol):
        kind = "degenerate"
    elif up:
        kind = "minimum"
    else:
        kind = "maximum"
    return kind, V[:, 0] if dn else np.zeros_like(V[:, 0])
