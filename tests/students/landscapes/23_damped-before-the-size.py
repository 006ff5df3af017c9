"""exercise: newton_step
belief: The damping belongs to the Hessian, whose sizes are taken afterwards.
"""

import numpy as np


def newton_step(x, grad, hessian, saddle_free=False, damping=0.0):
    A = hessian + damping * np.eye(x.size, dtype=hessian.dtype)
    if saddle_free:
        w, Q = np.linalg.eigh(A)
        A = Q @ np.diag(np.abs(w)) @ Q.T
    return x - np.linalg.solve(A, grad)
