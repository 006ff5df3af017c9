"""exercise: convexity_violation
belief: A violation is how much the inequality is broken; where it holds it is zero.
"""

import numpy as np


def convexity_violation(f, x, y, alpha):
    res = np.empty(len(alpha))
    for k in range(len(alpha)):
        a = alpha[k]
        res[k] = max(0.0, f(a * x + (1 - a) * y) - (a * f(x) + (1 - a) * f(y)))
    return res
