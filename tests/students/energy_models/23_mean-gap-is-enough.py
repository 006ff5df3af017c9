"""exercise: diagnose_update
belief: An update agrees if the mean gap is within the tolerance.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Rbm = tuple[Array, Array, Array]


def _logistic(z: Array) -> Array:
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


def diagnose_update(
    x: Array, before: Rbm, after: Rbm, u_h: Array, u_x: Array, lr: float, tol: float = 1e-4
) -> str:
    w, b, d = before
    p_h = _logistic(x @ w + d)
    h = (u_h < p_h).astype(float)

    def change(plus_h, driver, share=1 / len(x)):
        x_new = (u_x < _logistic(driver @ w.T + b)).astype(float)
        h_new = _logistic(x_new @ w + d)
        dw, db, dd = np.zeros(w.shape), np.zeros(b.shape), np.zeros(d.shape)
        for n in range(len(x)):
            dw += np.outer(x[n], plus_h[n]) - np.outer(x_new[n], h_new[n])
            db += x[n] - x_new[n]
            dd += plus_h[n] - h_new[n]
        return [lr * share * dw, lr * share * db, lr * share * dd]

    right = change(p_h, h)
    known = {
        "right": right,
        "reversed": [-part for part in right],
        "frozen": [right[0], 0 * right[1], 0 * right[2]],
        "summed": change(p_h, h, 1),
        "sampled": change(h, h),
        "unsampled": change(p_h, p_h),
    }
    for name, changes in known.items():
        gaps = [np.abs(a - (p + c)).mean() for a, p, c in zip(after, before, changes)]
        if max(gaps) <= tol:
            return name
    return "unknown"
