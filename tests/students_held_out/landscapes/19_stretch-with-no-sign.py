"""exercise: top_curvature
belief: The eigenvalue is the length of Hv in the end.
"""

import numpy as np


def top_curvature(gradient, x, v, steps, h=1e-4):
    hvp = lambda u: (gradient(x + h * u) - gradient(x - h * u)) / (2 * h)
    v = v / np.linalg.norm(v)
    for _ in range(steps):
        u = hvp(v)
        if np.linalg.norm(u) == 0:
            break
        v = u / np.linalg.norm(u)
    return float(np.linalg.norm(hvp(v))), v
