"""exercise: classify_critical_point
belief: V[0] is the first eigenvector.
"""

import numpy as np


def classify_critical_point(hessian, tol=1e-6):
    w, V = np.linalg.eigh(hessian)
    neg, pos = np.any(w < -tol), np.any(w > tol)
    if neg and pos:
        kind = "saddle"
    elif np.any(np.abs(w) <= tol):
        kind = "degenerate"
    elif pos:
        kind = "minimum"
    else:
        kind = "maximum"
    if not neg:
        return kind, np.zeros(len(w), hessian.dtype)
    v = V[0]
    if v[np.argmax(np.abs(v))] < 0:
        v = -v
    return kind, v
