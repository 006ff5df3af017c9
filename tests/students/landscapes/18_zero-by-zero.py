"""exercise: top_curvature
belief: A vector is scaled to length one by dividing by its length, always.
"""

import numpy as np


def top_curvature(gradient, x, v, steps, h=1e-4):
    hvp = lambda u: (gradient(x + h * u) - gradient(x - h * u)) / (2 * h)
    v = v / np.linalg.norm(v)
    for _ in range(steps):
        v = hvp(v)
        v = v / np.linalg.norm(v)
    return float(v @ hvp(v)), v
