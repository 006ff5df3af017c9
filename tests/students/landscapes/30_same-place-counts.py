"""exercise: random_restarts
belief: A run found the minimum if it ended at the same place.
"""

import numpy as np


def random_restarts(f, gradient, starts, lr, steps, tol=1e-6):
    ends, vals = [], []
    for s in starts:
        p = s
        for _ in range(steps):
            p = p - lr * gradient(p)
        ends.append(p)
        v = f(p)
        vals.append(np.inf if np.isnan(v) else v)
    b = int(np.argmin(vals))
    found = sum(bool(np.linalg.norm(e - ends[b]) <= tol) for e in ends)
    return ends[b], float(vals[b]), found
