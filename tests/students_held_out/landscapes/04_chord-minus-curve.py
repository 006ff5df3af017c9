"""exercise: convexity_violation
belief: The right side minus the left side of the inequality.
"""

import numpy as np


def convexity_violation(f, x, y, alpha):
    left = np.array([f(a * x + (1 - a) * y) for a in alpha])
    right = alpha * f(x) + (1 - alpha) * f(y)
    return right - left
