"""exercise: classify_critical_point
belief: One eigenvalue of zero makes every critical point degenerate.
"""

import numpy as np


def classify_critical_point(hessian, tol=1e-6):
    w, V = np.linalg.eigh(hessian)
    if (np.abs(w) <= tol).any():
        kind = "degenerate"
    elif (w > tol).all():
        kind = "minimum"
    elif (w < -tol).all():
        kind = "maximum"
    else:
        kind = "saddle"
    v = np.zeros_like(w)
    if w[0] < -tol:
        v = V[:, 0]
        v = v * np.sign(v[np.abs(v).argmax()])
    return kind, v
