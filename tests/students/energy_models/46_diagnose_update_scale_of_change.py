"""exercise: diagnose_update
belief: How much of the right change is in the recorded one (a projection) tells "right", "reversed" and "summed" apart.
"""

import numpy as np


def diagnose_update(x, before, after, u_h, u_x, lr, tol=1e-4):
    w, b, d = before
    n = len(x)
    right = cd1_update(x, w, b, d, u_h, u_x, lr)
    p = logistic(x @ w + d)
    h = (u_h < p) * 1.0
    r = (u_x < logistic(h @ w.T + b)) * 1.0
    q = logistic(r @ w + d)
    flat = lambda t: np.concatenate([np.ravel(a - o) for a, o in zip(t, before)])
    want, got = flat(right), flat(after)
    size = want @ want
    if size > 0:
        share = (got @ want) / size
        for name, value in (("right", 1), ("reversed", -1)):
            if abs(share - value) <= tol:
                return name
        frozen = want.copy()
        frozen[w.size :] = 0
        if np.abs(got - frozen).max() <= tol:
            return "frozen"
        if abs(share - n) <= tol:
            return "summed"
    elif np.abs(got).max() <= tol:
        return "right"
    m = (w + lr * (x.T @ h - r.T @ q) / n, b + lr * (x - r).mean(0), d + lr * (h - q).mean(0))
    if np.abs(flat(m) - got).max() <= tol:
        return "sampled"
    r = (u_x < logistic(p @ w.T + b)) * 1.0
    q = logistic(r @ w + d)
    m = (w + lr * (x.T @ p - r.T @ q) / n, b + lr * (x - r).mean(0), d + lr * (p - q).mean(0))
    return "unsampled" if np.abs(flat(m) - got).max() <= tol else "unknown"
