"""exercise: random_restarts
belief: argmin finds the lowest.
"""

import numpy as np


def random_restarts(f, gradient, starts, lr, steps, tol=1e-6):
    ends, vals = [], []
    for s in starts:
        p = s.copy()
        for _ in range(steps):
            p = p - lr * gradient(p)
        ends.append(p)
        vals.append(f(p))
    vals = np.array(vals, dtype=float)
    b = int(np.argmin(vals))
    return ends[b], float(vals[b]), int((np.abs(vals - vals[b]) <= tol).sum())
