"""exercise: diagnose_update
belief: The tolerance is meant for the changes divided by the rate, so that it does not depend on the rate.
"""

import numpy as np


def diagnose_update(x, before, after, u_h, u_x, lr, tol=1e-4):
    w, b, d = before
    g = [(new - old) / lr for new, old in zip(after, before)]
    n = len(x)
    ph = logistic(x @ w + d)
    h = np.less(u_h, ph).astype(float)

    def grads(pos, drive):
        rec = np.less(u_x, logistic(drive @ w.T + b)).astype(float)
        neg = logistic(rec @ w + d)
        return [(x.T @ pos - rec.T @ neg) / n, (x - rec).mean(axis=0), (pos - neg).mean(axis=0)]

    right = grads(ph, h)
    suspects = (
        ("right", right),
        ("reversed", [-a for a in right]),
        ("frozen", [right[0], 0 * b, 0 * d]),
        ("summed", [n * a for a in right]),
        ("sampled", grads(h, h)),
        ("unsampled", grads(ph, ph)),
    )
    for name, s in suspects:
        if all(np.abs(a - c).max() <= tol for a, c in zip(g, s)):
            return name
    return "unknown"
