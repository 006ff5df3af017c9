"""exercise: diagnose_gradient
belief: Two gradients are the same if they have the same length.
"""

import numpy as np


def diagnose_gradient(x, y, theta, found):
    n = x.shape[0]
    g = 2 / n * x.T.dot(x.dot(theta) - y)
    candidates = [
        ("right", g),
        ("sum", n * g),
        ("half", g / 2),
        ("uphill", -g),
        ("no targets", 2 / n * x.T.dot(x.dot(theta))),
    ]
    size = np.linalg.norm(found)
    for name, c in candidates:
        if abs(size - np.linalg.norm(c)) <= 1e-6 * np.linalg.norm(c):
            return name
    return "unknown"
