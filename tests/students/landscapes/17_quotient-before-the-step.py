"""exercise: top_curvature
belief: The curvature comes out of the last product that was made anyway.
"""

import numpy as np


def top_curvature(gradient, x, v, steps, h=1e-4):
    v = v / np.linalg.norm(v)
    lam = 0.0
    for _ in range(steps):
        u = (gradient(x + h * v) - gradient(x - h * v)) / (2 * h)
        lam = float(np.dot(v, u))
        if np.linalg.norm(u) > 0:
            v = u / np.linalg.norm(u)
    if steps == 0:
        lam = float(v @ (gradient(x + h * v) - gradient(x - h * v)) / (2 * h))
    return lam, v
