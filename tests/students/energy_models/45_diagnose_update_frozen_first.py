"""exercise: diagnose_update
belief: If the biases have not moved they are frozen, so that is asked before "right".
"""

import numpy as np


def diagnose_update(x, before, after, u_h, u_x, lr, tol=1e-4):
    w, b, d = before

    def moves(drive_sampled=True):
        p = logistic(x @ w + d)
        h = 1.0 * (u_h < p)
        drive = h if drive_sampled else p
        r = 1.0 * (u_x < logistic(drive @ w.T + b))
        q = logistic(r @ w + d)
        return p, h, r, q

    n = len(x)
    p, h, r, q = moves()
    right = (w + lr * (x.T @ p - r.T @ q) / n, b + lr * (x - r).mean(axis=0), d + lr * (p - q).mean(axis=0))

    def agrees(rule):
        return all(np.all(np.abs(a - c) <= tol) for a, c in zip(rule, after))

    if agrees((right[0], b, d)):
        return "frozen"
    if agrees(right):
        return "right"
    if agrees([2 * old - new for old, new in zip(before, right)]):
        return "reversed"
    if agrees([old + n * (new - old) for old, new in zip(before, right)]):
        return "summed"
    if agrees((w + lr * (x.T @ h - r.T @ q) / n, right[1], d + lr * (h - q).mean(axis=0))):
        return "sampled"
    p, h, r, q = moves(False)
    if agrees((w + lr * (x.T @ p - r.T @ q) / n, b + lr * (x - r).mean(axis=0), d + lr * (p - q).mean(axis=0))):
        return "unsampled"
    return "unknown"
