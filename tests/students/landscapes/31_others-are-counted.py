"""exercise: random_restarts
belief: Counted is how many other runs found it as well.
"""

import numpy as np


def random_restarts(f, gradient, starts, lr, steps, tol=1e-6):
    best, value, values = None, np.inf, []
    for s in starts:
        p = s
        for _ in range(steps):
            p = p - lr * gradient(p)
        v = float(f(p))
        values.append(v)
        if v < value:
            best, value = p, v
    return best, value, sum(v - value <= tol for v in values) - 1
