"""exercise: convexity_violation
belief: Convexity is f of the midpoint at most the mean of the ends; the shares only say how often
it is tested.
"""

import numpy as np


def convexity_violation(f, x, y, alpha):
    mid = (x + y) / 2
    return np.array([f(mid) - a * f(x) - (1 - a) * f(y) for a in alpha])
