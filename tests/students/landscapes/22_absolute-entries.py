"""exercise: newton_step
belief: |H| is the matrix of the absolute values.
"""

import numpy as np


def newton_step(x, grad, hessian, saddle_free=False, damping=0.0):
    H = np.abs(hessian) if saddle_free else hessian
    H = H + damping * np.eye(len(x), dtype=hessian.dtype)
    return x - np.linalg.solve(H, grad)
