"""exercise: random_restarts
belief: Found means the same value.
"""

import numpy as np


def random_restarts(f, gradient, starts, lr, steps, tol=1e-6):
    pts = []
    for p in starts:
        for _ in range(steps):
            p = p - lr * gradient(p)
        pts.append(p)
    fe = np.array([f(p) for p in pts], dtype=float)
    b = np.nanargmin(fe)
    return pts[b], float(fe[b]), int(np.count_nonzero(fe == fe[b]))
