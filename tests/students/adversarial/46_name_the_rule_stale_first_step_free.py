"""exercise: name_the_rule
belief: As the first step has no step before it, "stale" is only tested from the second step on.
"""

import numpy as np


def name_the_rule(path, real, lr, tol=1e-4):
    sg = lambda z: 1.0 / (1.0 + np.exp(-z))
    th, ps = path[:-1, 0], path[:-1, 1]
    nt, npsi = path[1:, 0], path[1:, 1]

    def dpsi(r, f, p):
        return p + lr * (sg(-p * r) * r - sg(p * f) * f)

    def ok(t_made, p_made, since=0):
        far = np.maximum(np.abs(t_made - nt), np.abs(p_made - npsi))
        return bool(np.all(far[since:] <= tol))

    p1 = dpsi(real, th, ps)
    if ok(th + lr * sg(-p1 * th) * p1, p1):
        return "alternating"
    if ok(th + lr * sg(-ps * th) * ps, p1):
        return "simultaneous"
    if ok(th + lr * sg(p1 * th) * p1, p1):
        return "saturating"
    q = dpsi(th, real, ps)
    if ok(th + lr * sg(-q * th) * q, q):
        return "swapped"
    if ok(th + lr * sg(-p1 * th) * p1, p1 + lr * sg(-p1 * th) * th):
        return "attached"
    p2 = dpsi(real, np.roll(th, 1), ps)
    if ok(th + lr * sg(-p2 * th) * p2, p2, since=1):
        return "stale"
    return "none"
