"""exercise: diagnose_gradient
belief: One of the listed mistakes must be behind it, so the nearest candidate is the answer.
"""

import numpy as np


def diagnose_gradient(x, y, theta, found):
    n = len(x)
    e = x @ theta - y
    options = {
        "right": 2 / n * x.T @ e,
        "sum": 2 * x.T @ e,
        "half": x.T @ e / n,
        "uphill": -2 / n * x.T @ e,
        "no targets": 2 / n * x.T @ (x @ theta),
    }
    distances = {k: np.max(np.abs(found - v)) for k, v in options.items()}
    return min(distances, key=distances.get)
