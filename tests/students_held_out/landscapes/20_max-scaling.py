"""exercise: top_curvature
belief: Scaling by the largest entry keeps numbers small just as well.
"""

import numpy as np


def top_curvature(gradient, x, v, steps, h=1e-4):
    hvp = lambda u: (gradient(x + h * u) - gradient(x - h * u)) / (2 * h)
    v = v / np.linalg.norm(v)
    for _ in range(steps):
        u = hvp(v)
        m = np.max(np.abs(u))
        v = u / m if m > 0 else v
    return float(v @ hvp(v)), v
