"""exercise: diagnose_gradient
belief: The nearest of the five is meant, and a percent of difference is still the same thing.
"""

import numpy as np


def diagnose_gradient(x, y, theta, found):
    n = len(y)
    g = 2 * x.T @ (x @ theta - y) / n
    names = ["right", "sum", "half", "uphill", "no targets"]
    stories = np.array([g, n * g, g / 2, -g, 2 * x.T @ (x @ theta) / n])
    gaps = np.abs(stories - found).max(axis=1) / np.abs(stories).max(axis=1)
    k = int(np.argmin(gaps))
    return names[k] if gaps[k] < 0.01 else "unknown"
