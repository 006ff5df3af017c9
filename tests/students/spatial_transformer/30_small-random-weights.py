"""exercise: identity_regression
belief: Weights must never start at zero, otherwise the symmetry is not broken; small random numbers are close enough to the identity.
"""

import numpy as np


def identity_regression(hidden):
    rng = np.random.default_rng(0)
    w = rng.normal(0.0, 1e-3, size=(6, hidden))
    b = np.array([1, 0, 0, 0, 1, 0], dtype=np.float64)
    return w, b
