"""exercise: convexity_violation
belief: With alpha one walks from x to y, so alpha = 0 is x.
"""

import numpy as np


def convexity_violation(f, x, y, alpha):
    v = []
    for a in alpha:
        p = x + a * (y - x)
        v.append(f(p) - ((1 - a) * f(x) + a * f(y)))
    return np.array(v)
