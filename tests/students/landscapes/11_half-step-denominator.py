"""exercise: numerical_hessian
belief: The nudge is h, so it is divided by h.
"""

import numpy as np


def numerical_hessian(gradient, x, h=1e-4):
    rows = []
    for j in range(len(x)):
        d = np.zeros_like(x)
        d[j] = h
        rows.append((gradient(x + d) - gradient(x - d)) / h)
    H = np.stack(rows)
    return (H + H.T) / 2
