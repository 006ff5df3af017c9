"""exercise: classify_critical_point
belief: Second derivatives along the axes tell the kind.
"""

import numpy as np


def classify_critical_point(hessian, tol=1e-6):
    d = np.diag(hessian)
    w, V = np.linalg.eigh(hessian)
    if (d > tol).any() and (d < -tol).any():
        kind = "saddle"
    elif (np.abs(d) <= tol).any():
        kind = "degenerate"
    elif (d > 0).all():
        kind = "minimum"
    else:
        kind = "maximum"
    e = np.zeros(len(d), hessian.dtype)
    if w[0] < -tol:
        e = V[:, 0]
        if e[np.argmax(np.abs(e))] < 0:
            e = -e
    return kind, e
