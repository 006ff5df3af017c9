"""exercise: convexity_violation
belief: The point is interpolated from x on, the heights as in the formula.
"""

import numpy as np


def convexity_violation(f, x, y, alpha):
    fx, fy = f(x), f(y)
    return np.array([f(x + a * (y - x)) - a * fx - (1 - a) * fy for a in alpha])
