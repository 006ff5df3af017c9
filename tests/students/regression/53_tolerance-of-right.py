"""exercise: diagnose_gradient
belief: A millionth is meant relative to the largest entry of the true gradient, whatever mistake is being compared.
"""

import numpy as np


def diagnose_gradient(x, y, theta, found):
    n = len(y)
    errors = x @ theta - y
    true = (2.0 / n) * (errors @ x)
    tol = 1e-6 * np.max(np.abs(true))
    suspects = {
        "right": true,
        "sum": n * true,
        "half": true / 2,
        "uphill": -true,
        "no targets": (2.0 / n) * ((x @ theta) @ x),
    }
    for name in suspects:
        if np.max(np.abs(found - suspects[name])) <= tol:
            return name
    return "unknown"
