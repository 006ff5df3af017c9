"""exercise: newton_step
belief: A saddle-free step uses the positive eigenvalues only.
"""

import numpy as np


def newton_step(x, grad, hessian, saddle_free=False, damping=0.0):
    w, Q = np.linalg.eigh(hessian)
    c = (Q.T @ grad) / (w + damping)
    if saddle_free:
        c[w < 0] = 0
    return (x - Q @ c).astype(x.dtype)
