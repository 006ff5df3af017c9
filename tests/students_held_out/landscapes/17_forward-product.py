"""exercise: top_curvature
belief: Hv is (g(x + hv) - g(x)) / h.
"""

import numpy as np


def top_curvature(gradient, x, v, steps, h=1e-4):
    g = gradient(x)
    v = v / np.linalg.norm(v)
    hv = (gradient(x + h * v) - g) / h
    for _ in range(steps):
        n = np.linalg.norm(hv)
        if n > 0:
            v = hv / n
        hv = (gradient(x + h * v) - g) / h
    return float(v @ hv), v
