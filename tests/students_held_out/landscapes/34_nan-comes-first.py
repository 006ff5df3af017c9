"""exercise: random_restarts
belief: The smallest entry is at argmin.
"""

import numpy as np


def random_restarts(f, gradient, starts, lr, steps, tol=1e-6):
    pts = starts.copy()
    for _ in range(steps):
        pts = np.array([p - lr * gradient(p) for p in pts])
    fe = np.array([f(p) for p in pts])
    b = fe.argmin()
    return pts[b], float(fe[b]), int(np.sum(np.abs(fe - fe[b]) <= tol))
