"""exercise: diagnose_gradient
belief: A gradient in the right direction that is too long has been summed, one that is too short lacks the 2.
"""

import numpy as np


def diagnose_gradient(x, y, theta, found):
    g = 2 / len(y) * x.T @ (x @ theta - y)
    k = float(found @ g) / float(g @ g)
    if np.max(np.abs(found - k * g)) <= 1e-6 * max(abs(k), 1e-30) * np.max(np.abs(g)):
        if abs(k - 1) < 1e-6:
            return "right"
        if k > 1:
            return "sum"
        if k > 0:
            return "half"
        if abs(k + 1) < 1e-6:
            return "uphill"
    h = 2 / len(y) * x.T @ (x @ theta)
    if np.max(np.abs(found - h)) <= 1e-6 * np.max(np.abs(h)):
        return "no targets"
    return "unknown"
