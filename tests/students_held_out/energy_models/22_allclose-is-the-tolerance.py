"""exercise: diagnose_update
belief: np.allclose(a, b, atol=tol) says whether all entries agree to within tol.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def logistic(z: Array) -> Array:
    """Return 1 / (1 + exp(-z)), without overflow, in the dtype of z."""
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


def diagnose_update(x, before, after, u_h, u_x, lr, tol=1e-4):
    w, b, d = before
    n = len(x)
    p = logistic(x @ w + d)
    h = (u_h < p) * 1.0

    def negative(drive):
        v = (u_x < logistic(drive @ w.T + b)) * 1.0
        return v, logistic(v @ w + d)

    v, q = negative(h)
    dw, db, dd = (x.T @ p - v.T @ q) / n, (x - v).mean(0), (p - q).mean(0)
    v2, q2 = negative(p)
    candidates = {
        "right": (dw, db, dd),
        "reversed": (-dw, -db, -dd),
        "frozen": (dw, 0 * db, 0 * dd),
        "summed": (n * dw, n * db, n * dd),
        "sampled": ((x.T @ h - v.T @ q) / n, db, (h - q).mean(0)),
        "unsampled": ((x.T @ p - v2.T @ q2) / n, (x - v2).mean(0), (p - q2).mean(0)),
    }
    for name, changes in candidates.items():
        if all(np.allclose(new, old + lr * c, atol=tol) for new, old, c in zip(after, before, changes)):
            return name
    return "unknown"
