"""exercise: convexity_violation
belief: A violation either exists or not.
"""

import numpy as np


def convexity_violation(f, x, y, alpha):
    return np.array([f(a * x + (1 - a) * y) > a * f(x) + (1 - a) * f(y) for a in alpha])
