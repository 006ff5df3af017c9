"""exercise: classify_critical_point
belief: Down goes the last eigenvector, that of the strongest curvature.
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
    v = V[:, -1]
    v = v * np.sign(v[np.argmax(np.abs(v))])
    return kind, v if dn else 0 * v
