"""exercise: top_curvature
belief: What the product stretches v by is the curvature.
"""

import numpy as np


def top_curvature(gradient, x, v, steps, h=1e-4):
    v = v / np.sqrt(np.sum(v * v))
    for _ in range(steps):
        Hv = (gradient(x + h * v) - gradient(x - h * v)) / (2 * h)
        n = np.sqrt(np.sum(Hv * Hv))
        if n == 0:
            break
        v = Hv / n
    Hv = (gradient(x + h * v) - gradient(x - h * v)) / (2 * h)
    return float(np.sqrt(np.sum(Hv * Hv))), v
