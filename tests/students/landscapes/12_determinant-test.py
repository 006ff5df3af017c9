"""exercise: classify_critical_point
belief: A negative determinant means a saddle; else the sign of the first entry decides.
"""

import numpy as np


def classify_critical_point(hessian, tol=1e-6):
    w, V = np.linalg.eigh(hessian)
    det = np.linalg.det(hessian)
    if np.min(np.abs(w)) <= tol:
        kind = "degenerate"
    elif det < 0:
        kind = "saddle"
    elif hessian[0, 0] > 0:
        kind = "minimum"
    else:
        kind = "maximum"
    if w[0] >= -tol:
        return kind, np.zeros(len(w), dtype=hessian.dtype)
    v = V[:, 0]
    i = np.argmax(np.abs(v))
    if v[i] < 0:
        v = -v
    return kind, v
