"""exercise: newton_step
belief: Newton moves by H^-1 g.
"""

import numpy as np


def newton_step(x, grad, hessian, saddle_free=False, damping=0.0):
    w, Q = np.linalg.eigh(hessian)
    if saddle_free:
        w = abs(w)
    return (x + Q @ (Q.T @ grad / (w + damping))).astype(x.dtype)
