"""exercise: diagnose_update
belief: Once W agrees the rule is known; the biases only have to be looked at to see whether they were frozen.
"""

import numpy as np


def _step(x, w, b, d, u_h, u_x):
    p = logistic(x @ w + d)
    h = (u_h < p).astype(float)
    r = (u_x < logistic(h @ w.T + b)).astype(float)
    q = logistic(r @ w + d)
    return p, h, r, q


def diagnose_update(x, before, after, u_h, u_x, lr, tol=1e-4):
    w, b, d = before
    n = len(x)
    p, h, r, q = _step(x, w, b, d, u_h, u_x)
    change = lr * (x.T @ p - r.T @ q)
    close = lambda a, c: np.abs(a - c).max() <= tol
    if close(after[0], w + change / n):
        still = close(after[1], b) and close(after[2], d)
        moved = close(after[1], b + lr * (x - r).mean(0)) and close(after[2], d + lr * (p - q).mean(0))
        return "frozen" if still and not moved else "right"
    if close(after[0], w - change / n):
        return "reversed"
    if close(after[0], w + change):
        return "summed"
    if close(after[0], w + lr * (x.T @ h - r.T @ q) / n):
        return "sampled"
    r2 = (u_x < logistic(p @ w.T + b)).astype(float)
    q2 = logistic(r2 @ w + d)
    if close(after[0], w + lr * (x.T @ p - r2.T @ q2) / n):
        return "unsampled"
    return "unknown"
