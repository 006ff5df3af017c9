"""exercise: classify_critical_point
belief: The tolerance is meant relative to the largest eigenvalue.
"""
import numpy as np


def classify_critical_point(hessian, tol=1e-6):
    lam, vectors = np.linalg.eigh(hessian)
    t = tol * max(np.abs(lam).max(), 1e-300)
    up, down = (lam > t).any(), (lam < -t).any()
    flat = (np.abs(lam) <= t).any()
    kind = "saddle" if up and down else "degenerate" if flat else "minimum" if up else "maximum"
    escape = np.zeros(len(lam))
    if lam[0] < -t:
        escape = vectors[:, 0]
        escape = escape * np.sign(escape[np.argmax(np.abs(escape))])
    return kind, escape.astype(hessian.dtype)
