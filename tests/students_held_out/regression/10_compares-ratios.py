"""exercise: diagnose_gradient
belief: Every mistake is one constant factor, so it is enough to divide found by the true
gradient, entry by entry.
"""

import numpy as np


def diagnose_gradient(x, y, theta, found):
    n = len(y)
    g = 2 / n * x.T @ (x @ theta - y)
    ratio = found / g
    if np.allclose(ratio, 1, rtol=1e-6):
        return "right"
    if np.allclose(ratio, n, rtol=1e-6):
        return "sum"
    if np.allclose(ratio, 0.5, rtol=1e-6):
        return "half"
    if np.allclose(ratio, -1, rtol=1e-6):
        return "uphill"
    if np.allclose(found, 2 / n * x.T @ (x @ theta), rtol=1e-6):
        return "no targets"
    return "unknown"
