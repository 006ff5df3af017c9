"""exercise: convexity_violation
belief: Convex means chord minus function is positive, so that difference is asked.
"""

import numpy as np


def convexity_violation(f, x, y, alpha):
    chord = [a * f(x) + (1 - a) * f(y) for a in alpha]
    curve = [f(a * x + (1 - a) * y) for a in alpha]
    return np.array(chord) - np.array(curve)
