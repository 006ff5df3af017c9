"""exercise: classify_critical_point
belief: Degenerate is an eigenvalue that equals zero.
"""

import numpy as np


def classify_critical_point(hessian, tol=1e-6):
    w, V = np.linalg.eigh(hessian)
    if w[0] < 0 < w[-1]:
        kind = "saddle"
    elif np.any(w == 0):
        kind = "degenerate"
    elif w[0] > 0:
        kind = "minimum"
    else:
        kind = "maximum"
    e = np.zeros_like(w)
    if w[0] < 0:
        e = V[:, 0]
        e = e * np.sign(e[np.argmax(np.abs(e))])
    return kind, e
