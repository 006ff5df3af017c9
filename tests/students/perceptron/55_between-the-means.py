"""exercise: linearly_separable
belief: If any line separates two classes, then one perpendicular to the line between their means does.
"""

import numpy as np


def linearly_separable(x, y):
    x = np.asarray(x, float)
    a, b = x[y == 0], x[y == 1]
    if len(a) == 0 or len(b) == 0:
        return True
    direction = b.mean(axis=0) - a.mean(axis=0)
    return bool((b @ direction).min() > (a @ direction).max() + 1e-9)
