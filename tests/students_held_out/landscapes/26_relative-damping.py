"""exercise: newton_step
belief: Damping makes each eigenvalue larger by a share.
"""

import numpy as np


def newton_step(x, grad, hessian, saddle_free=False, damping=0.0):
    w, Q = np.linalg.eigh(hessian)
    if saddle_free:
        w = abs(w)
    return (x - Q @ (Q.T @ grad / (w * (1 + damping)))).astype(x.dtype)
