"""exercise: classify_critical_point
belief: Only at a saddle is there something to escape from.
"""

import numpy as np


def classify_critical_point(hessian, tol=1e-6):
    w, V = np.linalg.eigh(hessian)
    v = np.zeros(len(w), hessian.dtype)
    if w.min() < -tol and w.max() > tol:
        v = V[:, np.argmin(w)]
        v = v * np.sign(v[np.argmax(np.abs(v))])
        return "saddle", v
    if np.any(np.abs(w) <= tol):
        return "degenerate", v
    return ("minimum" if w[0] > 0 else "maximum"), v
