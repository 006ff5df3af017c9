"""exercise: convexity_violation
belief: alpha weighs y, the end one walks to.
"""

import numpy as np


def convexity_violation(f, x, y, alpha):
    out = np.zeros(len(alpha))
    fx = f(x)
    fy = f(y)
    for i, a in enumerate(alpha):
        out[i] = f((1 - a) * x + a * y) - ((1 - a) * fx + a * fy)
    return out
