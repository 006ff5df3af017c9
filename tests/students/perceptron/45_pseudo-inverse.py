"""exercise: linearly_separable
belief: The line of least squares separates if any does.
"""

import numpy as np


def linearly_separable(x, y):
    xb = np.hstack([np.ones((len(x), 1)), x]).astype(float)
    w = np.linalg.pinv(xb) @ (2.0 * y - 1)
    z = xb @ w
    return bool(((z > 1e-9) == (y == 1)).all() and (np.abs(z) > 1e-9).all())
