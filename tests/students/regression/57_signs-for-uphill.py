"""exercise: diagnose_gradient
belief: If every entry has the opposite sign, the person goes uphill; the sizes need not be compared.
"""

import numpy as np


def diagnose_gradient(x, y, theta, found):
    n, _ = x.shape
    g = 2 / n * (x.T @ (x @ theta - y))
    same = lambda a: bool(np.all(np.abs(found - a) <= 1e-6 * np.abs(a).max()))
    if same(g):
        return "right"
    if np.array_equal(np.sign(found), -np.sign(g)):
        return "uphill"
    if same(n * g):
        return "sum"
    if same(g / 2):
        return "half"
    if same(2 / n * (x.T @ (x @ theta))):
        return "no targets"
    return "unknown"
