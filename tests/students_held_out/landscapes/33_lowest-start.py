"""exercise: random_restarts
belief: One picks the start with the lowest loss and descends from there.
"""

import numpy as np


def random_restarts(f, gradient, starts, lr, steps, tol=1e-6):
    def run(x):
        for _ in range(steps):
            x = x - lr * gradient(x)
        return x

    vals = [f(s) for s in starts]
    b = int(np.nanargmin(vals))
    ends = [run(s) for s in starts]
    fe = np.array([f(e) for e in ends], dtype=float)
    return ends[b], float(fe[b]), int(np.sum(fe <= fe[b] + tol))
