"""exercise: diagnose_gradient
belief: All the mistakes are factors, so one entry of the gradient is enough to tell which one it is.
"""

import numpy as np


def diagnose_gradient(x, y, theta, found):
    n = len(x)
    g = mse_gradient(x, y, theta)
    suspects = [
        ("right", g),
        ("sum", n * g),
        ("half", 0.5 * g),
        ("uphill", -g),
        ("no targets", mse_gradient(x, np.zeros_like(y), theta)),
    ]
    for name, suspect in suspects:
        limit = 1e-6 * np.max(np.abs(suspect))
        if abs(found[0] - suspect[0]) <= limit:
            return name
    return "unknown"
