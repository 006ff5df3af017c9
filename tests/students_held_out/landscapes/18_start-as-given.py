"""exercise: top_curvature
belief: v is scaled in each step anyway.
"""

import numpy as np


def top_curvature(gradient, x, v, steps, h=1e-4):
    def hvp(u):
        return (gradient(x + h * u) - gradient(x - h * u)) / (2 * h)

    for _ in range(steps):
        u = hvp(v)
        n = np.linalg.norm(u)
        v = u / n if n > 0 else v
    return float(v @ hvp(v)), v
