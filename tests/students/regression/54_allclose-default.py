"""exercise: diagnose_gradient
belief: np.allclose(a, b, rtol=1e-6) asks for a relative agreement of a millionth and nothing else.
"""

import numpy as np


def diagnose_gradient(x, y, theta, found):
    n = len(x)
    residual = x @ theta - y
    g = np.einsum("n,nd->d", residual, x) * 2 / n
    if np.allclose(found, g, rtol=1e-6):
        return "right"
    if np.allclose(found, n * g, rtol=1e-6):
        return "sum"
    if np.allclose(found, g / 2, rtol=1e-6):
        return "half"
    if np.allclose(found, -g, rtol=1e-6):
        return "uphill"
    if np.allclose(found, np.einsum("n,nd->d", x @ theta, x) * 2 / n, rtol=1e-6):
        return "no targets"
    return "unknown"
