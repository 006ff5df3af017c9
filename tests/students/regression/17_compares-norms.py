"""exercise: diagnose_gradient
belief: A gradient is known by its length.
"""

import numpy as np


def diagnose_gradient(x, y, theta, found):
    g = mse_gradient(x, y, theta)
    size = np.linalg.norm
    tests = [
        ("right", g),
        ("sum", g * len(y)),
        ("half", g / 2),
        ("uphill", -g),
        ("no targets", 2 * x.T @ (x @ theta) / len(y)),
    ]
    for name, value in tests:
        if abs(size(value) - size(found)) < 1e-6 * size(value):
            return name
    return "unknown"
