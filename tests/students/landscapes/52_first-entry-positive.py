"""exercise: classify_critical_point
belief: The sign of an eigenvector is fixed by making its first entry that is not zero positive.
"""
import numpy as np


def classify_critical_point(hessian, tol=1e-6):
    lam, q = np.linalg.eigh(hessian)
    signs = {int(np.sign(v)) if abs(v) > tol else 0 for v in lam}
    if {1, -1} <= signs:
        kind = "saddle"
    elif 0 in signs:
        kind = "degenerate"
    else:
        kind = "minimum" if 1 in signs else "maximum"
    way = np.zeros(len(lam), dtype=hessian.dtype)
    if lam.min() < -tol:
        way = q[:, np.argmin(lam)].copy()
        first = way[np.flatnonzero(np.abs(way) > 1e-12)[0]]
        way = way if first > 0 else -way
    return kind, way
