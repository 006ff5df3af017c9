"""exercise: max_stable_rate
belief: The trace is the curvature.
"""

import numpy as np


def max_stable_rate(x):
    curvature = np.trace(2 * x.T @ x / len(x))
    return np.inf if curvature == 0 else 2 / curvature
