"""exercise: newton_step
belief: Saddle-free means that a step that would go uphill is turned round.
"""

import numpy as np


def newton_step(x, grad, hessian, saddle_free=False, damping=0.0):
    H = hessian + damping * np.eye(len(x), dtype=hessian.dtype)
    step = np.linalg.solve(H, grad)
    if saddle_free and step @ grad < 0:
        step = -step
    return x - step
